# caught-by: file-served, mounted-from-configmap
kubectl -n brochure create configmap ui --from-file=app.properties=/home/candidate/brochure/ui.properties
kubectl -n brochure patch deployment brochure -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"ui","configMap":{"name":"ui"}}],
  "containers":[{"name":"app","volumeMounts":[{"name":"ui","mountPath":"/etc/files"}]}]}}}}'
