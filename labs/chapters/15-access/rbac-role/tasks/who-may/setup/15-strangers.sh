# What an earlier attempt gave to those who are asked about in the whole cluster, under whatever name.
kubectl get clusterrolebindings -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.subjects[*].name}{"\n"}{end}' |
  awk '{ for (i = 2; i <= NF; i++) if ($i ~ /^(eva|otto|scanner|inspectors|system:serviceaccounts:customs)$/) { print $1; break } }' > granted
for name in $(cat granted); do kubectl delete clusterrolebinding "$name"; done
rm granted
