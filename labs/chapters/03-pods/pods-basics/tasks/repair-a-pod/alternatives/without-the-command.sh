# The image has the right command built in, so the field may go.
kubectl -n gate delete pod scanner --now
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: scanner
  namespace: gate
  labels: { app: scanner, pier: "4" }
  annotations: { harbour.example/owner: pier-team }
spec:
  containers:
    - name: scanner
      image: wheelhouse/app:1
      env:
        - { name: GREETING, value: Gate 4 is open }
        - { name: LANE, value: foot-passengers }
      ports: [{ name: http, containerPort: 8080 }]
YAML
