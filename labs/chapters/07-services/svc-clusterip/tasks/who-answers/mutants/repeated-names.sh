# caught-by: names-saved, address-saved
cd /home/candidate/answers/weather
kubectl -n weather scale deployment station --replicas=4
kubectl -n weather rollout status deployment/station --timeout=60s
kubectl -n weather exec client -- sh -c 'for i in $(seq 60); do curl -s http://station/hostname; done' > pods.txt
kubectl -n weather get service station > address.txt
