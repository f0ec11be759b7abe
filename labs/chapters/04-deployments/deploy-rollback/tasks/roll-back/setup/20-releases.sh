# Four releases: the first (long gone, so without Pods), a good one, a bad one, and the attempt to mend the bad one.
release() { # IMAGE CAUSE REPLICAS [ENV]
  kubectl apply --server-side -f - <<YAML
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: tickets
  annotations: { kubernetes.io/change-cause: "$2" }
spec:
  replicas: $3
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: web
          image: $1
          env: [{ name: GREETING, value: Tickets }${4:-}]
          ports: [{ containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /readyz, port: 8080 }, periodSeconds: 1 }
YAML
}
seen() { kubectl -n tickets wait deployment/shop --for=jsonpath="{.metadata.annotations.deployment\.kubernetes\.io/revision}=$1" --timeout=30s; }
release wheelhouse/app:1 'first release' 0
seen 1
release wheelhouse/app:2 'version 2' 3
kubectl -n tickets rollout status deployment/shop --timeout=60s
release wheelhouse/app:2-broken 'faster checkout' 3
seen 3
release wheelhouse/app:2-broken 'faster checkout, second try' 3 ', { name: CHECKOUT, value: safe }'
seen 4
# As the learner finds it: the newest release has crashed, the Pods of version 2 serve.
kubectl -n tickets wait pod/client --for=condition=Ready --timeout=60s
broken=$(kubectl -n tickets get replicaset -o jsonpath='{.items[?(@.metadata.annotations.deployment\.kubernetes\.io/revision=="4")].metadata.labels.pod-template-hash}')
kubectl -n tickets wait pod -l "pod-template-hash=$broken" --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=60s
