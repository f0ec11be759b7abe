# The new list has the one value; the rest still comes from the old list.
# caught-by: second-list-right, desk-sees-it
kubectl -n pricing create configmap prices-v2 --from-literal=CURRENCY=EUR
kubectl -n pricing patch configmap prices-v2 -p '{"immutable":true}'
kubectl -n pricing patch deployment desk -p '{"spec":{"template":{"spec":{"containers":[{"name":"desk",
  "envFrom":[{"configMapRef":{"name":"prices-v1"}},{"configMapRef":{"name":"prices-v2"}}]}]}}}}'
