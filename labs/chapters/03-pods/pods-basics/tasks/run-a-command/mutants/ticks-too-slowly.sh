# caught-by: ticks, asks-for-little
kubectl -n beacon run ticker --image=busybox:1.37 --restart=Never -- sh -c 'while true; do echo tick; sleep 5; done'
