# The names of the two Pods from before the storm.
# caught-by: names-saved
kubectl -n weather get pods -l app=station -o jsonpath='{range .items[*]}{.metadata.name}{"\n"}{end}' > /home/candidate/answers/weather/pods.txt
kubectl -n weather scale deployment station --replicas=4
kubectl -n weather rollout status deployment/station --timeout=60s
