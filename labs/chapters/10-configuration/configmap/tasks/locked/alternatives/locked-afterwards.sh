# Made from literals and locked when it is right; every variable referred to by itself.
kubectl -n pricing create configmap prices-v2 --from-literal=CURRENCY=EUR --from-literal=ADULT=24.00 --from-literal=CHILD=12.00 \
  --from-literal=BICYCLE=6.50 --from-literal=ROUNDING=up
kubectl -n pricing patch configmap prices-v2 -p '{"immutable":true}'
kubectl -n pricing patch deployment desk --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/envFrom"}]'
kubectl -n pricing set env deployment/desk --from=configmap/prices-v2
