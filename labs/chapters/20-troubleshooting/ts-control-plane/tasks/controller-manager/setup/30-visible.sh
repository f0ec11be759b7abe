# The story begins when the cluster shows what is wrong.
for _ in $(seq 100); do
  kubectl -n kube-system get pod kube-controller-manager-controlplane -o jsonpath='{.status.containerStatuses[0]}' |
    grep '"ready":false' | grep -q exitCode && break
  sleep 0.3
done
kubectl -n kube-system delete lease kube-controller-manager --ignore-not-found
