# Nothing is refused any more. Nothing at all.
# caught-by: no-more
kubectl -n reports create rolebinding reporter-admin --clusterrole=cluster-admin --serviceaccount=reports:reporter
