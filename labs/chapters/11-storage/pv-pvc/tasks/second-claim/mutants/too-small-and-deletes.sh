# caught-by: volume-right
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: cargo-tern, labels: { ship: tern } }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Delete
  storageClassName: cargo-disk
  hostPath: { path: /srv/wheelhouse/cargo-tern }
YAML
