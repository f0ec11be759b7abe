# The Deployment was fitted to the Service. (Its selector cannot be changed, so only the port's name and a second label could be.)
# caught-by: deployment-kept
kubectl -n seats patch deployment seats --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/ports/0/name","value":"web"}]'
kubectl -n seats set selector service seats app=seats
