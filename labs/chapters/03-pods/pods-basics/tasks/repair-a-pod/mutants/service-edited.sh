# The Service is pointed elsewhere instead of the Pod being repaired.
# caught-by: scanner-ready, service-kept
kubectl -n gate run scanner2 --image=wheelhouse/app:1 --env="GREETING=Gate 4 is open" --port=8080 --labels=app=scanner2
kubectl -n gate patch service gate --type=json -p '[{"op":"replace","path":"/spec/selector","value":{"app":"scanner2"}},
  {"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'
