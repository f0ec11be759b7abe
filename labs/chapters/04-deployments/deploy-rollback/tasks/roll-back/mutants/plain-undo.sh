# From the second bad release to the first.
# caught-by: all-available, right-release
kubectl -n tickets rollout undo deployment/shop
