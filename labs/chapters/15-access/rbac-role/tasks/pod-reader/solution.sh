kubectl -n quay create role pod-reader --verb=get,list,watch --resource=pods,pods/log
kubectl -n quay create rolebinding read-pods --role=pod-reader --user=ana --user=li
kubectl -n quay auth can-i get pods --subresource=log --as ana
