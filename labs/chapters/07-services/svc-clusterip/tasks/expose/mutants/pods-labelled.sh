# A label for the purpose was hung onto the three Pods: whichever takes the place of one will not have it.
# caught-by: deployments-kept
kubectl -n fares label pods -l app=calculator,track=stable fares=yes
kubectl -n fares create service clusterip fares --tcp=80:8080 --dry-run=client -o yaml |
  kubectl set selector --local -f - fares=yes -o yaml | kubectl apply -f -
