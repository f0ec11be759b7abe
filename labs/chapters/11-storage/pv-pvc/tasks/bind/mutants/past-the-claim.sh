# The Pod mounts the folder of the node itself; the claim is there, but nobody uses it.
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
  volumes: [{ name: logbook, hostPath: { path: /srv/wheelhouse/logbook } }]
  containers:
    - name: writer
      image: busybox:1.37
      command: [sh, -c, "mkdir -p /logbook; echo on watch >> /logbook/entries.txt; exec sleep infinity"]
      volumeMounts: [{ name: logbook, mountPath: /logbook }]
YAML
