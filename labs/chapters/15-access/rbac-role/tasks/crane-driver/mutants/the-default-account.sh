# The program runs under the account that has the permissions, because it is the one that it ran under before.
# caught-by: may-scale, account-used, no-more
kubectl apply -f - <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: crane-driver, namespace: docks }
rules:
  - { apiGroups: [apps], resources: [deployments], resourceNames: [crane], verbs: [get] }
  - { apiGroups: [apps], resources: [deployments/scale], resourceNames: [crane], verbs: [get, patch, update] }
YAML
kubectl -n docks create rolebinding crane-driver --role=crane-driver --serviceaccount=docks:default
