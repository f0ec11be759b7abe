# caught-by: service-kept
kubectl -n weather scale deployment station --replicas=4
kubectl -n weather delete service station
kubectl -n weather expose deployment station --port=80 --target-port=8080
