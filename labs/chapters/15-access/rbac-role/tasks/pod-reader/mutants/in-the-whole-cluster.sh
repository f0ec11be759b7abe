# The role that Kubernetes brings along, bound everywhere.
# caught-by: by-role, no-more
kubectl create clusterrolebinding read-pods --clusterrole=view --user=ana --user=li
