# The claim names no class, gets the default one, and with it a volume that was made on demand.
# caught-by: claim-bound
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
