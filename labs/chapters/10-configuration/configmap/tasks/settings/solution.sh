kubectl -n signage create configmap display --from-literal=COLOUR='ocean blue' --from-literal=FONT_SIZE=48 --from-literal=SCROLL=true
kubectl -n signage set env deployment/display --from=configmap/display
kubectl -n signage rollout status deployment/display --timeout=60s
