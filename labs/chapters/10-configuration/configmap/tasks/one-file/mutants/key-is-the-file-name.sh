# caught-by: file-stored, file-served
kubectl -n brochure create configmap ui --from-file=/home/candidate/brochure/ui.properties
kubectl -n brochure patch deployment brochure -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"ui","configMap":{"name":"ui"}}],
  "containers":[{"name":"app","volumeMounts":[{"name":"ui","mountPath":"/files"}]}]}}}}'
