# What was restored would otherwise wait 15 s for the lease of what it replaces.
kubectl -n kube-system delete lease kube-scheduler kube-controller-manager --ignore-not-found
kubectl wait node --all --for=condition=Ready --timeout=60s
kubectl uncordon controlplane node01
