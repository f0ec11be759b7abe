# The claim names the volume, but the volume still belongs to the old claim.
# caught-by: claim-bound, data-served
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ledger, namespace: ledger }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ledger-disk
  volumeName: ledger-2025
  resources: { requests: { storage: 1Gi } }
YAML
