# A volume that is reserved for the claim needs no label: who has been chosen already is not chosen by labels.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: cargo-tern }
spec:
  capacity: { storage: 2Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: cargo-disk
  claimRef: { namespace: cargo, name: tern }
  hostPath: { path: /srv/wheelhouse/cargo-tern }
YAML
