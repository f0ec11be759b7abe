# The one file is mounted, and not the folder.
kubectl -n brochure create configmap ui --from-file=app.properties=/home/candidate/brochure/ui.properties
kubectl -n brochure patch deployment brochure -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"ui","configMap":{"name":"ui","defaultMode":292}}],
  "containers":[{"name":"app","volumeMounts":[{"name":"ui","mountPath":"/files/app.properties","subPath":"app.properties"}]}]}}}}'
