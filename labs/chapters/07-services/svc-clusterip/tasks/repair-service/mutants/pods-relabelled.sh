# The Pods were fitted to the Service: they no longer belong to the Deployment, which makes two others.
# caught-by: has-endpoints
kubectl -n seats label pods -l app=seats app=seat --overwrite
kubectl -n seats patch service seats -p '{"spec":{"ports":[{"port":80,"targetPort":"http"}]}}'
