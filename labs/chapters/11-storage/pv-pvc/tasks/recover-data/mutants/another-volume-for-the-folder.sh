# The data are there, by way of a second volume for the same folder. With real storage there is no such thing.
# caught-by: claim-bound
kubectl get persistentvolume ledger-2025 -o yaml | sed -e '/claimRef:/,/uid:/d' -e '/resourceVersion:/d' -e '/  uid:/d' \
  -e 's/^  name: ledger-2025$/  name: ledger-copy/' > ledger.yaml
kubectl create -f ledger.yaml
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ledger, namespace: ledger }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ledger-disk
  volumeName: ledger-copy
  resources: { requests: { storage: 1Gi } }
YAML
