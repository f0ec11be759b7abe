# First the claim, bound by name while the volume still refers to the old one; then the volume is told which claim it belongs to.
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
kubectl patch persistentvolume ledger-2025 --type=json -p '[{"op":"remove","path":"/spec/claimRef/uid"}]'
