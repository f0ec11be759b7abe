# First to a release that is known to be good, step by step and with somebody always there, and then to the one that is wanted.
kubectl -n tickets rollout undo deployment/shop --to-revision=1
kubectl -n tickets rollout status deployment/shop --timeout=60s
kubectl -n tickets rollout undo deployment/shop --to-revision=2
