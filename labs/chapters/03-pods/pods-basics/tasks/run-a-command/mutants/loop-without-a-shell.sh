# caught-by: stays-up
kubectl -n beacon run ticker --image=busybox:1.37 --restart=Never -- while true do echo tick sleep 1 done
