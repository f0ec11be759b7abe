# caught-by: right-release, shop-serves
kubectl -n tickets rollout undo deployment/shop --to-revision=1
kubectl -n tickets rollout status deployment/shop --timeout=60s
