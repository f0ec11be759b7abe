for _ in $(seq 100); do
  kubectl -n siren wait pod siren-node01 --for=condition=Ready --timeout=60s >/dev/null 2>&1 && break
  sleep 0.3
done
kubectl -n siren get pod siren-node01
