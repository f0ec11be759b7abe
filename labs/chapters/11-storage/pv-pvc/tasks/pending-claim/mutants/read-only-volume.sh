# Large enough, but with another access mode.
# caught-by: claim-bound
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: archive-2 }
spec:
  capacity: { storage: 2Gi }
  accessModes: [ReadOnlyMany]
  storageClassName: archive-disk
  hostPath: { path: /srv/wheelhouse/archive-2 }
YAML
