# Off and on again: the right release at the end, and a shop that was shut meanwhile.
# caught-by: never-silent
kubectl -n tickets scale deployment shop --replicas=0
kubectl -n tickets rollout undo deployment/shop --to-revision=2
kubectl -n tickets scale deployment shop --replicas=3
kubectl -n tickets rollout status deployment/shop --timeout=60s
