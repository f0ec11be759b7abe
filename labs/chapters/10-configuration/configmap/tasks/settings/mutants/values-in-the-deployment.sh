# caught-by: taken-from-configmap
kubectl -n signage create configmap display --from-literal=COLOUR='ocean blue' --from-literal=FONT_SIZE=48 --from-literal=SCROLL=true
kubectl -n signage set env deployment/display COLOUR='ocean blue' FONT_SIZE=48 SCROLL=true
