kubectl -n reports logs reporter --tail=2   # User "system:serviceaccount:reports:reporter" cannot list resource "deployments" in API group "apps"
kubectl -n reports patch rolebinding report-reader --type=json -p '[{"op":"replace","path":"/subjects/0/namespace","value":"reports"}]'
kubectl -n reports patch role report-reader --type=json -p '[{"op":"replace","path":"/rules","value":[
  {"apiGroups":[""],"resources":["pods"],"verbs":["list"]},{"apiGroups":["apps"],"resources":["deployments"],"verbs":["list"]}]}]'
