# The list is there, but the Deployment only overrides the one variable.
# caught-by: desk-sees-it
kubectl -n pricing get configmap prices-v1 -o yaml | sed -e 's/name: prices-v1/name: prices-v2/' -e 's/CURRENCY: DEM/CURRENCY: EUR/' \
  -e '/resourceVersion:/d' -e '/uid:/d' -e '/creationTimestamp:/d' | kubectl create -f -
kubectl -n pricing set env deployment/desk CURRENCY=EUR
