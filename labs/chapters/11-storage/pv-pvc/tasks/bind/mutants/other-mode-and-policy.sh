# Everything works, with other terms than were asked for.
# caught-by: volume-right
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: PersistentVolume
metadata: { name: logbook }
spec:
  capacity: { storage: 500Mi }
  accessModes: [ReadWriteOnce, ReadWriteMany]
  persistentVolumeReclaimPolicy: Delete
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
YAML
