kubectl -n docks create serviceaccount crane-driver
kubectl -n docks create role crane-driver --verb=get,patch,update --resource=deployments/scale --resource-name=crane \
  --dry-run=client -o yaml > role.yaml
# In the editor: a second rule, for the Deployment itself.
cat >> role.yaml <<'YAML'
- apiGroups: [apps]
  resources: [deployments]
  resourceNames: [crane]
  verbs: [get]
YAML
kubectl apply -f role.yaml
kubectl -n docks create rolebinding crane-driver --role=crane-driver --serviceaccount=docks:crane-driver
kubectl -n docks set serviceaccount deployment cabin crane-driver
