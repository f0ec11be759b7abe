# What an earlier attempt gave to those who are asked about in the whole cluster, under whatever name.
names=$(kubectl get clusterrolebindings -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.subjects[*].name}{"\n"}{end}' |
  awk '{ for (i = 2; i <= NF; i++) if ($i ~ /^(eva|otto|scanner|inspectors|system:serviceaccounts:customs)$/) { print $1; break } }')
for name in $names; do kubectl delete clusterrolebinding "$name" --ignore-not-found; done
