kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: greeter
  namespace: kiosk
  labels: { app: greeter, tier: web, shift: morning }
spec:
  containers:
    - name: web
      image: docker.io/wheelhouse/app:1
      ports: [{ name: http, containerPort: 8080 }]
      env: [{ name: GREETING, value: Welcome aboard }]
YAML
