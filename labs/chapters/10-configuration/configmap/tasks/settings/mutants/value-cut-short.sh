# caught-by: values-stored, display-sees-them
kubectl -n signage create configmap display --from-literal=COLOUR=ocean --from-literal=FONT_SIZE=48 --from-literal=SCROLL=true
kubectl -n signage set env deployment/display --from=configmap/display
