# The ConfigMap was mended after the Pods had started.
# caught-by: display-sees-them
kubectl -n signage create configmap display --from-literal=COLOUR=blue --from-literal=FONT_SIZE=48 --from-literal=SCROLL=true
kubectl -n signage set env deployment/display --from=configmap/display
kubectl -n signage rollout status deployment/display --timeout=60s
kubectl -n signage patch configmap display -p '{"data":{"COLOUR":"ocean blue"}}'
