# caught-by: may-read, by-role, no-more
kubectl create role pod-reader --verb=get,list,watch --resource=pods,pods/log
kubectl create rolebinding read-pods --role=pod-reader --user=ana --user=li
