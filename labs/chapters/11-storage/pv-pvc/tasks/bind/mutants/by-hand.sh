# The line is there, but it was written by hand: the next Pod would not write it.
# caught-by: writer-writes
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: logbook }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: harbour-disk
  hostPath: { path: /srv/wheelhouse/logbook }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: logbook, namespace: logbook }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: harbour-disk
  resources: { requests: { storage: 500Mi } }
---
apiVersion: v1
kind: Pod
metadata: { name: writer, namespace: logbook }
spec:
  volumes: [{ name: logbook, persistentVolumeClaim: { claimName: logbook } }]
  containers:
    - name: writer
      image: busybox:1.37
      command: [sleep, infinity]
      volumeMounts: [{ name: logbook, mountPath: /logbook }]
YAML
kubectl -n logbook wait pod/writer --for=condition=Ready --timeout=60s
kubectl -n logbook exec writer -- sh -c 'echo on watch >> /logbook/entries.txt'
