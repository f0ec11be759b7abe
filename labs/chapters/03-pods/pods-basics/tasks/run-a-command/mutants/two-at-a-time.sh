# As many as there should be, and not when they should be.
# caught-by: ticks
kubectl -n beacon run ticker --image=busybox:1.37 --restart=Never -- sh -c 'while true; do echo tick; echo tick; sleep 2; done'
