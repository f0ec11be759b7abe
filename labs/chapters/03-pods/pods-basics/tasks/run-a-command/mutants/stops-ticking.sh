# It ticks as it should, for a while, and then only stays.
# caught-by: ticks
kubectl -n beacon run ticker --image=busybox:1.37 --restart=Never -- sh -c 'for i in $(seq 6); do echo tick; sleep 1; done; exec sleep infinity'
kubectl -n beacon wait pod/ticker --for=condition=Ready --timeout=60s
until [[ $(kubectl -n beacon logs ticker | wc -l) = 6 && -z $(kubectl -n beacon logs ticker --since=15s) ]]; do sleep 1; done
