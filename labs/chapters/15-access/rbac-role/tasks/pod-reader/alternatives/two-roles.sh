# The same permissions, given twice over: what is added up is no more.
kubectl -n quay create role pod-reader --verb=get,list,watch --resource=pods,pods/log
kubectl -n quay create rolebinding read-pods --role=pod-reader --user=ana
kubectl -n quay patch rolebinding read-pods --type=json -p '[{"op":"add","path":"/subjects/-","value":{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"li"}}]'
kubectl -n quay create role log-reader --verb=get --resource=pods/log
kubectl -n quay create rolebinding read-logs --role=log-reader --user=ana --user=li
