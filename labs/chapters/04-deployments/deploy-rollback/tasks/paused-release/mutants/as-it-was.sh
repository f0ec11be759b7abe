# Released, with the old strategy and the default limits.
# caught-by: never-fewer, limits-set
kubectl -n loyalty set image deployment/points web=wheelhouse/app:2
kubectl -n loyalty rollout resume deployment/points
