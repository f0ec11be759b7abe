rm -rf /home/candidate/answers/timetable
mkdir -p /home/candidate/answers/timetable
# Revisions 1 to 4, then back to the template of 3, which becomes revision 5. The first ones get no Pods: their templates are enough.
release() { # IMAGE REFRESH REPLICAS
  kubectl apply --server-side -f - <<YAML
apiVersion: apps/v1
kind: Deployment
metadata:
  name: board
  namespace: timetable
spec:
  replicas: $3
  selector: { matchLabels: { app: board } }
  template:
    metadata: { labels: { app: board } }
    spec:
      containers:
        - name: board
          image: $1
          env: [{ name: REFRESH_SECONDS, value: "$2" }, { name: LANGUAGE, value: en }]
YAML
}
seen() { kubectl -n timetable wait deployment/board --for=jsonpath="{.metadata.annotations.deployment\.kubernetes\.io/revision}=$1" --timeout=30s; }
release wheelhouse/app:1 60 0
seen 1
release wheelhouse/app:1 30 0
seen 2
release wheelhouse/app:2 30 0
seen 3
release wheelhouse/app:2 5 0
seen 4
release wheelhouse/app:2 30 2
seen 5
kubectl -n timetable rollout status deployment/board --timeout=60s
