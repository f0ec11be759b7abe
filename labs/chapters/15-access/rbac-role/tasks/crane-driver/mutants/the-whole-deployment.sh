# Scaling is a change of the Deployment, is it not? That is how one gives away too much.
# caught-by: no-more
kubectl -n docks create serviceaccount crane-driver
kubectl -n docks create role crane-driver --verb=get,patch,update --resource=deployments,deployments/scale --resource-name=crane
kubectl -n docks create rolebinding crane-driver --role=crane-driver --serviceaccount=docks:crane-driver
kubectl -n docks set serviceaccount deployment cabin crane-driver
