# First with a wrong value, then mended, and the Pods started anew, since variables do not follow.
kubectl -n signage create configmap display --from-literal=COLOUR=blue --from-literal=FONT_SIZE=48 --from-literal=SCROLL=true
kubectl -n signage set env deployment/display --from=configmap/display
kubectl -n signage patch configmap display -p '{"data":{"COLOUR":"ocean blue"}}'
kubectl -n signage rollout restart deployment/display
