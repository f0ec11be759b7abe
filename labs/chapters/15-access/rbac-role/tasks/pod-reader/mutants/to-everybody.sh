# Whoever can sign in belongs to this group.
# caught-by: no-more
kubectl -n quay create role pod-reader --verb=get,list,watch --resource=pods,pods/log
kubectl -n quay create rolebinding read-pods --role=pod-reader --group=system:authenticated
