# The pumps may stay, too.
# caught-by: pumps-moved, pump-kept
kubectl -n dock patch pod recorder --type=json -p '[{"op":"add","path":"/spec/tolerations/-","value":{"key":"state","operator":"Equal","value":"repair","effect":"NoExecute","tolerationSeconds":14400}}]'
kubectl -n dock patch deployment pump --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"state","operator":"Equal","value":"repair","effect":"NoExecute","tolerationSeconds":14400}]}}}}'
kubectl -n dock rollout status deployment/pump --timeout=60s
kubectl taint node node01 state=repair:NoExecute
