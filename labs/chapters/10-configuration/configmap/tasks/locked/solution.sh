kubectl -n pricing get configmap prices-v1 -o yaml > prices-v2.yaml
# In the editor: the name, the currency, and out with what belongs to the old object.
sed -i -e 's/name: prices-v1/name: prices-v2/' -e 's/CURRENCY: DEM/CURRENCY: EUR/' -e '/resourceVersion:/d' -e '/uid:/d' \
  -e '/creationTimestamp:/d' prices-v2.yaml
kubectl create -f prices-v2.yaml
kubectl -n pricing patch deployment desk -p \
  '{"spec":{"template":{"spec":{"containers":[{"name":"desk","envFrom":[{"configMapRef":{"name":"prices-v2"}}]}]}}}}'
kubectl -n pricing rollout status deployment/desk --timeout=60s
