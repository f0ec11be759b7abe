# A claim without the selector is easier to please.
# caught-by: tern-kept
kubectl -n cargo delete pod loader-tern --now
kubectl -n cargo delete persistentvolumeclaim tern
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
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: tern, namespace: cargo }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: cargo-disk
  volumeName: cargo-tern
  resources: { requests: { storage: 1Gi } }
---
apiVersion: v1
kind: Pod
metadata: { name: loader-tern, namespace: cargo }
spec:
  volumes: [{ name: hold, persistentVolumeClaim: { claimName: tern } }]
  containers: [{ name: loader, image: "busybox:1.37", command: [sleep, infinity], volumeMounts: [{ name: hold, mountPath: /hold }] }]
YAML
