# caught-by: tern-bound, loader-ready
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: cargo-tern }
spec:
  capacity: { storage: 2Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: cargo-disk
  hostPath: { path: /srv/wheelhouse/cargo-tern }
YAML
