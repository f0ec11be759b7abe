# caught-by: pages-stored, pages-served
kubectl -n website create configmap pages --from-file=/home/candidate/website/index.html
kubectl -n website patch deployment web -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"pages","configMap":{"name":"pages"}}],
  "containers":[{"name":"nginx","volumeMounts":[{"name":"pages","mountPath":"/usr/share/nginx/html"}]}]}}}}'
