# caught-by: second-list-locked
kubectl -n pricing create configmap prices-v2 --from-literal=CURRENCY=EUR --from-literal=ADULT=24.00 --from-literal=CHILD=12.00 \
  --from-literal=BICYCLE=6.50 --from-literal=ROUNDING=up
kubectl -n pricing patch deployment desk -p \
  '{"spec":{"template":{"spec":{"containers":[{"name":"desk","envFrom":[{"configMapRef":{"name":"prices-v2"}}]}]}}}}'
