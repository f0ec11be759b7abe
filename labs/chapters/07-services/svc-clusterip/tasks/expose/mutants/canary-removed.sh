# With the canary out of the way, the short selector would do.
# caught-by: deployments-kept
kubectl -n fares scale deployment calculator-canary --replicas=0
kubectl -n fares expose deployment calculator --name=fares --port=80 --target-port=8080 --selector=app=calculator
