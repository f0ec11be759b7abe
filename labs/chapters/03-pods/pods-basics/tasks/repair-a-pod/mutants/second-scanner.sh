# A Pod beside the broken one answers, under a name of its own.
# caught-by: scanner-ready, gate-opens
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: scanner-2
  namespace: gate
  labels: { app: scanner, pier: "4" }
  annotations: { harbour.example/owner: pier-team }
spec:
  containers:
    - name: scanner
      image: wheelhouse/app:1
      env: [{ name: GREETING, value: Gate 4 is open }, { name: LANE, value: foot-passengers }]
      ports: [{ name: http, containerPort: 8080 }]
YAML
