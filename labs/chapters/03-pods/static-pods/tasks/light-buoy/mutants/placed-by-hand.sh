# The right name on the right node, but it is the API server's Pod.
# caught-by: light-static
kubectl -n buoys run light-node01 --image=wheelhouse/app:1 --port=8080 --labels=app=light --env="GREETING=Buoy 7 is lit" \
  --overrides='{"spec":{"nodeName":"node01"}}'
kubectl -n buoys wait pod light-node01 --for=condition=Ready --timeout=60s
