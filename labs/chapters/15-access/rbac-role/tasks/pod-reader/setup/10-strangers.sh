# What an earlier attempt gave to the two in the whole cluster, under whatever name.
kubectl get clusterrolebindings -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.subjects[*].name}{"\n"}{end}' |
  awk '{ for (i = 2; i <= NF; i++) if ($i == "ana" || $i == "li") { print $1; break } }' > granted
for name in $(cat granted); do kubectl delete clusterrolebinding "$name"; done
rm granted
kubectl -n default delete role/pod-reader rolebinding/read-pods --ignore-not-found
