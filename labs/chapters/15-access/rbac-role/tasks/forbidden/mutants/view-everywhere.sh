# caught-by: no-more
kubectl create clusterrolebinding report-reader --clusterrole=view --serviceaccount=reports:reporter
