# The story is told when buoy-3 has come back from its one restart.
kubectl -n radio wait pod/buoy-3 --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=60s
kubectl -n radio wait pod --all --for=condition=Ready --timeout=60s
