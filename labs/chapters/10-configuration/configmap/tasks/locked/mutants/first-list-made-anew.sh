# caught-by: first-list-kept, second-list-right
kubectl -n pricing delete configmap prices-v1
kubectl -n pricing create configmap prices-v1 --from-literal=CURRENCY=EUR --from-literal=ADULT=24.00 --from-literal=CHILD=12.00 \
  --from-literal=BICYCLE=6.50 --from-literal=ROUNDING=up
kubectl -n pricing rollout restart deployment/desk
