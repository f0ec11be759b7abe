# The shell takes the newline away at the end of what it puts in: the file is no longer the same.
# caught-by: file-stored
kubectl -n brochure create configmap ui --from-literal=app.properties="$(cat /home/candidate/brochure/ui.properties)"
kubectl -n brochure patch deployment brochure -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"ui","configMap":{"name":"ui"}}],
  "containers":[{"name":"app","volumeMounts":[{"name":"ui","mountPath":"/files"}]}]}}}}'
