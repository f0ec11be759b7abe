# What an earlier attempt gave to the two in the whole cluster, under whatever name.
names=$(kubectl get clusterrolebindings -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.subjects[*].name}{"\n"}{end}' |
  awk '{ for (i = 2; i <= NF; i++) if ($i == "ana" || $i == "li") { print $1; break } }')
for name in $names; do kubectl delete clusterrolebinding "$name" --ignore-not-found; done
kubectl -n default delete role/pod-reader rolebinding/read-pods --ignore-not-found
