# caught-by: ticks
kubectl -n beacon run ticker --image=busybox:1.37 --restart=Never -- sh -c 'while true; do date; echo tick; sleep 1; done'
