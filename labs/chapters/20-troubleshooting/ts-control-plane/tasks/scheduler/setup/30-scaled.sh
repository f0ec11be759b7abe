# The story begins when the cluster shows what is wrong.
for _ in $(seq 100); do
  kubectl -n kube-system get pod kube-scheduler-controlplane -o jsonpath='{.status.containerStatuses[0]}' |
    grep '"ready":false' | grep -q exitCode && break
  sleep 0.3
done
kubectl -n kube-system delete lease kube-scheduler --ignore-not-found
kubectl -n tides scale deployment gauge --replicas=3
kubectl -n tides wait deployment gauge --for=jsonpath='{.status.replicas}'=3 --timeout=30s
