# A toleration without a key tolerates everything.
kubectl -n lookout patch daemonset lookout --patch '{"spec":{"template":{"spec":{"tolerations":[{"operator":"Exists"}]}}}}'
