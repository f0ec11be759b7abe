# A watch of the one object comes free of charge, it seems.
# caught-by: no-more
kubectl -n docks create serviceaccount crane-driver
kubectl apply -f - <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: crane-driver, namespace: docks }
rules:
  - { apiGroups: [apps], resources: [deployments], resourceNames: [crane], verbs: [get, watch] }
  - { apiGroups: [apps], resources: [deployments/scale], resourceNames: [crane], verbs: [get, patch, update] }
YAML
kubectl -n docks create rolebinding crane-driver --role=crane-driver --serviceaccount=docks:crane-driver
kubectl -n docks set serviceaccount deployment cabin crane-driver
