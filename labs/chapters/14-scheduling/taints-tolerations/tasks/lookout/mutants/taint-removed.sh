# The taint goes, and now everybody may come.
# caught-by: taint-kept
kubectl taint node controlplane node-role.kubernetes.io/control-plane:NoSchedule-
