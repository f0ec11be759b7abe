kubectl -n tickets rollout history deployment/shop
kubectl -n tickets rollout history deployment/shop --revision=3   # 2-broken as well
kubectl -n tickets rollout history deployment/shop --revision=2   # wheelhouse/app:2
kubectl -n tickets rollout undo deployment/shop --to-revision=2
kubectl -n tickets rollout status deployment/shop --timeout=60s
