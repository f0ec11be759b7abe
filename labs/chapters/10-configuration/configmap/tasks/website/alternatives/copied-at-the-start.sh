# Every Pod copies the pages for itself before the web server starts.
kubectl -n website create configmap pages --from-file=/home/candidate/website
kubectl -n website patch deployment web -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"pages","configMap":{"name":"pages"}},{"name":"html","emptyDir":{}}],
  "initContainers":[{"name":"copy","image":"nginx:1.28","command":["sh","-c","cp /pages/*.html /html/"],
    "volumeMounts":[{"name":"pages","mountPath":"/pages"},{"name":"html","mountPath":"/html"}]}],
  "containers":[{"name":"nginx","volumeMounts":[{"name":"html","mountPath":"/usr/share/nginx/html"}]}]}}}}'
