# caught-by: same-daemonset
kubectl -n lookout get daemonset lookout -o yaml | sed 's#^      containers:#      tolerations: [{ operator: Exists }]\n&#' > lookout.yaml
kubectl -n lookout delete daemonset lookout
sed -i -e '/^  uid:/d' -e '/^  resourceVersion:/d' lookout.yaml
kubectl create -f lookout.yaml
