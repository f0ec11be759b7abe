# The container sleeps, and what is run when it has started writes the line. The reclaim policy is the default.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: logbook }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce]
  storageClassName: harbour-disk
  hostPath: { path: /srv/wheelhouse/logbook/ }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: logbook, namespace: logbook }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: harbour-disk
  resources: { requests: { storage: 512000Ki } }
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
      lifecycle: { postStart: { exec: { command: [sh, -c, "echo on watch >> /logbook/entries.txt"] } } }
      volumeMounts: [{ name: logbook, mountPath: /logbook }]
YAML
