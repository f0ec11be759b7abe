# Four Pods behind the Service, but two of them belong to something else.
# caught-by: four-answer
kubectl -n weather create deployment station-2 --image=wheelhouse/app:1 --replicas=2 --dry-run=client -o yaml |
  sed 's/app: station-2/app: station/' | kubectl apply -f -
kubectl -n weather rollout status deployment/station-2 --timeout=60s
