# All at once, under names of their own.
# caught-by: display-sees-them, taken-from-configmap
kubectl -n signage create configmap display --from-literal=COLOUR='ocean blue' --from-literal=FONT_SIZE=48 --from-literal=SCROLL=true
kubectl -n signage set env deployment/display --from=configmap/display --prefix=DISPLAY_
