kubectl get node controlplane -o jsonpath='{.spec.taints}'
kubectl -n lookout patch daemonset lookout --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"node-role.kubernetes.io/control-plane","operator":"Exists","effect":"NoSchedule"}]}}}}'
