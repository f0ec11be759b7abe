# The pause comes before the tick, and the amounts are written otherwise.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: ticker, namespace: beacon }
spec:
  restartPolicy: Never
  containers:
    - name: ticker
      image: docker.io/library/busybox:1.37
      args: [sh, -c, "while sleep 1; do printf 'tick\\n'; done"]
      resources: { requests: { cpu: 0.01, memory: 16384Ki }, limits: { memory: 32Mi } }
YAML
