# Another image does it more easily.
# caught-by: stock-image
kubectl -n website create configmap pages --from-file=/home/candidate/website
kubectl -n website patch deployment web -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"pages","configMap":{"name":"pages"}}],
  "containers":[{"name":"nginx","image":"wheelhouse/app:1","volumeMounts":[{"name":"pages","mountPath":"/files"}]}]}}}}'
