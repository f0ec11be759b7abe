# Each page mounted by itself, beside what the image has there.
cd /home/candidate/website
kubectl -n website create configmap pages --from-file=index.html --from-file=timetable.html --from-file=contact.html
kubectl -n website patch deployment web -p '{"spec":{"template":{"spec":{
  "volumes":[{"name":"pages","configMap":{"name":"pages"}}],
  "containers":[{"name":"nginx","volumeMounts":[
    {"name":"pages","mountPath":"/usr/share/nginx/html/index.html","subPath":"index.html"},
    {"name":"pages","mountPath":"/usr/share/nginx/html/timetable.html","subPath":"timetable.html"},
    {"name":"pages","mountPath":"/usr/share/nginx/html/contact.html","subPath":"contact.html"}]}]}}}}'
