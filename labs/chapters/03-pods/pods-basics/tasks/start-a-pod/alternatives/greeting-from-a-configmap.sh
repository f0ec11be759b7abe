# The variable has the value, wherever it comes from.
kubectl -n kiosk create configmap words --from-literal=welcome='Welcome aboard'
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: greeter, namespace: kiosk, labels: { app: greeter, tier: web } }
spec:
  containers:
    - name: greeter
      image: wheelhouse/app:1
      ports: [{ containerPort: 8080, protocol: TCP }, { containerPort: 9090 }]
      env: [{ name: GREETING, valueFrom: { configMapKeyRef: { name: words, key: welcome } } }]
YAML
