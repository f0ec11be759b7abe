# caught-by: same-deployment
kubectl -n pricing get configmap prices-v1 -o yaml | sed -e 's/name: prices-v1/name: prices-v2/' -e 's/CURRENCY: DEM/CURRENCY: EUR/' \
  -e '/resourceVersion:/d' -e '/uid:/d' -e '/creationTimestamp:/d' | kubectl create -f -
kubectl -n pricing get deployment desk -o yaml | sed -e 's/name: prices-v1/name: prices-v2/' -e '/resourceVersion:/d' -e '/  uid:/d' > desk.yaml
kubectl -n pricing delete deployment desk
kubectl create -f desk.yaml
