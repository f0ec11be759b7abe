for _ in $(seq 100); do
  kubectl -n tally wait pod counter-node01 --for=condition=Ready --timeout=60s >/dev/null 2>&1 && break
  sleep 0.3
done
kubectl -n tally get pod counter-node01
