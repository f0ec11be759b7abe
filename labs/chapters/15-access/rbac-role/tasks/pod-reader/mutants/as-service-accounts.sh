# The right names, of the wrong kind of subject.
# caught-by: may-read
kubectl -n quay create role pod-reader --verb=get,list,watch --resource=pods,pods/log
kubectl -n quay create rolebinding read-pods --role=pod-reader --serviceaccount=quay:ana --serviceaccount=quay:li
