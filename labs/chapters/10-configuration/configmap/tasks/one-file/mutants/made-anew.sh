# caught-by: same-deployment
kubectl -n brochure create configmap ui --from-file=app.properties=/home/candidate/brochure/ui.properties
kubectl -n brochure delete deployment brochure
kubectl apply -f - <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata: { name: brochure, namespace: brochure }
spec:
  selector: { matchLabels: { app: brochure } }
  template:
    metadata: { labels: { app: brochure } }
    spec:
      volumes: [{ name: ui, configMap: { name: ui } }]
      containers: [{ name: app, image: "wheelhouse/app:1", volumeMounts: [{ name: ui, mountPath: /files }] }]
YAML
