# What the event seems to ask for: a StorageClass. And a volume, of the default class.
# caught-by: claim-bound, reader-ready
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: archive-2 }
spec:
  capacity: { storage: 2Gi }
  accessModes: [ReadWriteOnce]
  storageClassName: standard
  hostPath: { path: /srv/wheelhouse/archive-2 }
YAML
