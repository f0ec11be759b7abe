kubectl -n website create configmap pages --from-file=/home/candidate/website
# In the editor: kubectl -n website edit deployment web
kubectl -n website patch deployment web -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"pages","configMap":{"name":"pages"}}],
  "containers":[{"name":"nginx","volumeMounts":[{"name":"pages","mountPath":"/usr/share/nginx/html"}]}]}}}}'
kubectl -n website rollout status deployment/web --timeout=60s
