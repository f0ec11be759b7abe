# kubectl knows the groups itself.
kubectl -n reports delete role/report-reader rolebinding/report-reader
kubectl -n reports create role report-reader --verb=list --resource=pods,deployments
kubectl -n reports create rolebinding report-reader --role=report-reader --serviceaccount=reports:reporter
