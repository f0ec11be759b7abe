# caught-by: reaches-stable-pods
kubectl -n fares create service clusterip fares --tcp=80:8080 --dry-run=client -o yaml |
  kubectl set selector --local -f - app=calculator -o yaml | kubectl apply -f -
