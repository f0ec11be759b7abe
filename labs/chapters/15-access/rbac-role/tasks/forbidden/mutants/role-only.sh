# caught-by: lists-pods, lists-deployments
kubectl -n reports patch role report-reader --type=json -p '[{"op":"replace","path":"/rules/0/apiGroups","value":["","apps"]}]'
