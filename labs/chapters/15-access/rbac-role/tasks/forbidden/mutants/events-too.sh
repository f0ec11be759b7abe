# While one is at it, for the next report.
# caught-by: no-more
kubectl -n reports delete role/report-reader rolebinding/report-reader
kubectl -n reports create role report-reader --verb=list --resource=pods,deployments,events
kubectl -n reports create rolebinding report-reader --role=report-reader --serviceaccount=reports:reporter
