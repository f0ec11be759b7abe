# What `-o name` prints is no name alone.
# caught-by: names-saved, address-saved
cd /home/candidate/answers/weather
kubectl -n weather scale deployment station --replicas=4
kubectl -n weather rollout status deployment/station --timeout=60s
kubectl -n weather get pods -l app=station -o name > pods.txt
echo "$(kubectl -n weather get service station -o jsonpath='{.spec.clusterIP}'):80" > address.txt
