# The list is right and used, but what was tried first is still there: the currency stands in the Deployment as well.
# caught-by: desk-sees-it
kubectl -n pricing set env deployment/desk CURRENCY=EUR
kubectl -n pricing get configmap prices-v1 -o yaml | sed -e 's/name: prices-v1/name: prices-v2/' -e 's/CURRENCY: DEM/CURRENCY: EUR/' \
  -e '/resourceVersion:/d' -e '/uid:/d' -e '/creationTimestamp:/d' | kubectl create -f -
kubectl -n pricing patch deployment desk -p \
  '{"spec":{"template":{"spec":{"containers":[{"name":"desk","envFrom":[{"configMapRef":{"name":"prices-v2"}}]}]}}}}'
