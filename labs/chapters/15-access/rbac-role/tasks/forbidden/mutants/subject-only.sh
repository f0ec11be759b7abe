# The first refusal is gone. There was a second one.
# caught-by: lists-deployments
kubectl -n reports set subject rolebinding report-reader --serviceaccount=reports:reporter
