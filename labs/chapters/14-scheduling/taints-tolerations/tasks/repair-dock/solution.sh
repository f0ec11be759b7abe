kubectl -n dock patch pod recorder --type=json -p '[{"op":"add","path":"/spec/tolerations/-","value":{"key":"state","operator":"Equal","value":"repair","effect":"NoExecute","tolerationSeconds":14400}}]'
kubectl taint node node01 state=repair:NoExecute
