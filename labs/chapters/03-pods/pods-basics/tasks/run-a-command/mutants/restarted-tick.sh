# "Once and again" by way of restarts: Running now and then, and Completed in between.
# caught-by: stays-up, never-restarts
kubectl -n beacon run ticker --image=busybox:1.37 -- sh -c 'echo tick; sleep 1'
