# Every answer as it came, repeated, and the greeting instead of the name alone.
# caught-by: names-saved
kubectl -n weather scale deployment station --replicas=4
kubectl -n weather rollout status deployment/station --timeout=60s
kubectl -n weather exec client -- sh -c 'for i in $(seq 20); do curl -s http://station/; done' > /home/candidate/answers/weather/pods.txt
