# One line before the first tick, which is far up in the log when one looks.
# caught-by: ticks
kubectl -n beacon run ticker --image=busybox:1.37 --restart=Never -- sh -c 'echo heartbeat begins; while true; do echo tick; sleep 1; done'
kubectl -n beacon wait pod/ticker --for=condition=Ready --timeout=60s
until [[ $(kubectl -n beacon logs ticker | wc -l) -gt 24 ]]; do sleep 1; done
