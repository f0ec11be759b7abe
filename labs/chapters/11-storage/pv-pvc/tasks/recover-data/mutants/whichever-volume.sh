# The claim takes the smallest volume that fits: the empty one.
# caught-by: claim-bound, data-served
kubectl patch persistentvolume ledger-2025 --type=json -p '[{"op":"remove","path":"/spec/claimRef"}]'
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ledger, namespace: ledger }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ledger-disk
  resources: { requests: { storage: 1Gi } }
YAML
