# The Pods bear what the Service asks for now, as long as they last.
# caught-by: deployment-kept
kubectl -n seats label pods -l app=seats sells=seats
kubectl -n seats patch service seats --type=json -p '[{"op":"replace","path":"/spec/selector","value":{"sells":"seats"}},
  {"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'
