# The claim is told which volume to take, in place of the volume getting what the claim wants.
# caught-by: tern-kept
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: cargo-tern }
spec:
  capacity: { storage: 2Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: cargo-disk
  hostPath: { path: /srv/wheelhouse/cargo-tern }
YAML
kubectl -n cargo patch persistentvolumeclaim tern -p '{"spec":{"volumeName":"cargo-tern"}}'
kubectl -n cargo wait persistentvolumeclaim/tern --for=jsonpath='{.status.phase}'=Bound --timeout=60s
