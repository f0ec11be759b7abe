# caught-by: same-deployment
kubectl -n tickets get deployment shop -o yaml | sed -e 's#app:2-broken#app:2#' -e '/^    resourceVersion:/d;/^    uid:/d' \
  -e '/name: CHECKOUT/d;/value: safe/d' > shop.yaml
kubectl -n tickets delete deployment shop
sed -i -e '/^  resourceVersion:/d;/^  uid:/d' shop.yaml
kubectl create -f shop.yaml
