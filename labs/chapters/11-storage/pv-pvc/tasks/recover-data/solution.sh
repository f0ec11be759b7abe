kubectl get persistentvolume   # ledger-2025 is Released, ledger-2026 would be smaller and Available
kubectl patch persistentvolume ledger-2025 --type=json -p '[{"op":"remove","path":"/spec/claimRef"}]'
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: ledger
  namespace: ledger
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ledger-disk
  volumeName: ledger-2025
  resources:
    requests:
      storage: 1Gi
YAML
