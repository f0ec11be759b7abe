# A projected volume, and the key chosen by name.
cp /home/candidate/brochure/ui.properties /tmp/app.properties
kubectl -n brochure create configmap ui --from-file=/tmp/app.properties
kubectl -n brochure patch deployment brochure --type=json -p '[
  {"op":"add","path":"/spec/template/spec/volumes","value":[{"name":"settings","projected":{"sources":[{"configMap":{"name":"ui","items":[{"key":"app.properties","path":"app.properties"}]}}]}}]},
  {"op":"add","path":"/spec/template/spec/containers/0/volumeMounts","value":[{"name":"settings","mountPath":"/files/","readOnly":true}]}]'
rm /tmp/app.properties
