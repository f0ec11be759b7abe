# Only there, and nowhere else any more.
# caught-by: on-node01
kubectl -n lookout patch daemonset lookout --patch '{"spec":{"template":{"spec":{"nodeSelector":{"node-role.kubernetes.io/control-plane":""},"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists"}]}}}}'
