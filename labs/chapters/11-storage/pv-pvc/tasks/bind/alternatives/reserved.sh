# The volume is reserved for the claim, the claim names the volume, and the folder is made by its type.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: logbook, labels: { use: logbook } }
spec:
  capacity: { storage: 1024Mi }
  accessModes: [ReadWriteOnce]
  storageClassName: harbour-disk
  persistentVolumeReclaimPolicy: Retain
  claimRef: { namespace: logbook, name: logbook }
  hostPath: { path: /srv/wheelhouse/logbook, type: DirectoryOrCreate }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: logbook, namespace: logbook }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: harbour-disk
  volumeName: logbook
  resources: { requests: { storage: 500Mi } }
---
apiVersion: v1
kind: Pod
metadata: { name: writer, namespace: logbook }
spec:
  volumes: [{ name: book, persistentVolumeClaim: { claimName: logbook } }]
  containers:
    - name: main
      image: busybox:1.37
      command: [sh, -c]
      args: ["while true; do echo on watch >> /logbook/entries.txt; sleep 30; done"]
      volumeMounts: [{ name: book, mountPath: /logbook/ }]
YAML
