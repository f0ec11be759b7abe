# With a hostPath the data survive this. With real storage they would not.
# caught-by: volume-kept
kubectl get persistentvolume ledger-2025 -o yaml | sed -e '/claimRef:/,/uid:/d' -e '/resourceVersion:/d' -e '/  uid:/d' > ledger.yaml
kubectl delete persistentvolume ledger-2025
kubectl create -f ledger.yaml
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
