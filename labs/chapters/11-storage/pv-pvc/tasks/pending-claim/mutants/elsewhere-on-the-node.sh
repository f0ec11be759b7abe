# Large enough, and in a folder that is emptied when the machine starts.
# caught-by: claim-bound
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: archive-2 }
spec:
  capacity: { storage: 2Gi }
  accessModes: [ReadWriteOnce]
  storageClassName: archive-disk
  hostPath: { path: /tmp/archive, type: DirectoryOrCreate }
YAML
