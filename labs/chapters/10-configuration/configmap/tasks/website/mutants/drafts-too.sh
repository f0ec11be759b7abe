# Every page that is found, also in the folder below.
# caught-by: pages-stored
cd /home/candidate/website
kubectl -n website create configmap pages $(find . -name '*.html' -printf ' --from-file=%p')
kubectl -n website patch deployment web -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"pages","configMap":{"name":"pages"}}],
  "containers":[{"name":"nginx","volumeMounts":[{"name":"pages","mountPath":"/usr/share/nginx/html"}]}]}}}}'
