# Whatever the group has: that is a great deal more than Deployments.
# caught-by: no-more
kubectl -n reports patch rolebinding report-reader --type=json -p '[{"op":"replace","path":"/subjects","value":[{"kind":"ServiceAccount","name":"reporter","namespace":"reports"}]}]'
kubectl -n reports patch role report-reader --type=json -p '[{"op":"add","path":"/rules/-","value":{"apiGroups":["apps"],"resources":["*"],"verbs":["list"]}}]'
