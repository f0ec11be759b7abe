# caught-by: no-more
kubectl -n quay create role pod-reader --verb='*' --resource=pods,pods/log
kubectl -n quay create rolebinding read-pods --role=pod-reader --user=ana --user=li
