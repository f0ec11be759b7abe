# The one label that tells them apart is enough.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Service
metadata:
  name: fares
  namespace: fares
spec:
  selector: { track: stable }
  ports:
    - { name: web, port: 80, targetPort: 8080 }
YAML
