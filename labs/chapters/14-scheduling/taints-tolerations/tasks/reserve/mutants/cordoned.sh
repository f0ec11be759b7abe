# Closed to everybody, and the radar was there just before.
# caught-by: node-tainted, radar-tolerates, nodes-open
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"node02"}}}}}'
kubectl -n radar rollout status deployment/radar --timeout=60s
kubectl cordon node02
