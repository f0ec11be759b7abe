kubectl -n loyalty rollout status deployment/points --timeout=60s
kubectl -n loyalty rollout pause deployment/points
kubectl -n loyalty set image deployment/points web=wheelhouse/app:2-broken
kubectl -n loyalty wait pod/client --for=condition=Ready --timeout=60s
