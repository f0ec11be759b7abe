# caught-by: may-read
kubectl -n quay create role pod-reader --verb=get,list,watch --resource=pods
kubectl -n quay create rolebinding read-pods --role=pod-reader --user=ana --user=li
