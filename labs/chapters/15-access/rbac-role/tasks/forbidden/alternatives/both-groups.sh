# One rule for both, with both groups: that there are no Pods in apps does no harm.
kubectl -n reports patch rolebinding report-reader --type=json -p '[{"op":"replace","path":"/subjects/0/namespace","value":"reports"}]'
kubectl -n reports patch role report-reader --type=json -p '[{"op":"replace","path":"/rules/0/apiGroups","value":["","apps"]}]'
