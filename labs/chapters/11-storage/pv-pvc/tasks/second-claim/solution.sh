kubectl -n cargo get persistentvolumeclaim tern -o yaml   # selector: ship=tern
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata:
  name: cargo-tern
  labels:
    ship: tern
spec:
  capacity:
    storage: 2Gi
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: cargo-disk
  hostPath:
    path: /srv/wheelhouse/cargo-tern
YAML
