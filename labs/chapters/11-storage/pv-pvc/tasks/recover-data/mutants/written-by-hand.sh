# The entries were typed into an empty volume, and the program pointed to it.
# caught-by: claim-bound, program-kept
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ledger, namespace: ledger }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ledger-disk
  volumeName: ledger-2026
  resources: { requests: { storage: 1Gi } }
YAML
kubectl -n ledger create configmap entries --from-literal=entries.txt='2025-03-01 fares 18240.50'
kubectl -n ledger patch deployment bookkeeper -p '{"spec":{"template":{"spec":{"volumes":[{"name":"ledger","persistentVolumeClaim":null,
  "configMap":{"name":"entries"}}]}}}}'
