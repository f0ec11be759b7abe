kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: archive-2 }
spec:
  capacity: { storage: 3Gi }
  accessModes: [ReadWriteOnce, ReadOnlyMany]
  storageClassName: archive-disk
  hostPath: { path: /srv/wheelhouse/archive-2 }
YAML
