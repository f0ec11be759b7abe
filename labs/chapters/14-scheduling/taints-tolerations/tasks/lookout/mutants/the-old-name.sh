# What the taint was called before v1.25.
# caught-by: on-the-control-plane
kubectl -n lookout patch daemonset lookout --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"node-role.kubernetes.io/master","operator":"Exists","effect":"NoSchedule"}]}}}}'
