kubectl -n brochure create configmap ui --from-file=app.properties=/home/candidate/brochure/ui.properties
# In the editor: kubectl -n brochure edit deployment brochure
kubectl -n brochure patch deployment brochure -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"ui","configMap":{"name":"ui"}}],
  "containers":[{"name":"app","volumeMounts":[{"name":"ui","mountPath":"/files"}]}]}}}}'
kubectl -n brochure rollout status deployment/brochure --timeout=60s
