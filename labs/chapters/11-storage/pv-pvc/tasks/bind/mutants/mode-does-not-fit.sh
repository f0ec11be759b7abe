# The claim asks for a mode that the volume does not have: it waits, and the Pod with it.
# caught-by: claim-bound, writer-writes
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
  accessModes: [ReadWriteMany]
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
      command: [sh, -c, "echo on watch >> /logbook/entries.txt; exec sleep infinity"]
      volumeMounts: [{ name: logbook, mountPath: /logbook }]
YAML
