# caught-by: same-claim
kubectl -n archive delete pod reader --now
kubectl -n archive delete persistentvolumeclaim archive
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: archive, namespace: archive }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: archive-disk
  resources: { requests: { storage: 1Gi } }
---
apiVersion: v1
kind: Pod
metadata: { name: reader, namespace: archive }
spec:
  volumes: [{ name: archive, persistentVolumeClaim: { claimName: archive } }]
  containers:
    - { name: reader, image: "busybox:1.37", command: [sleep, infinity], volumeMounts: [{ name: archive, mountPath: /archive }] }
YAML
