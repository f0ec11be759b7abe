# The rules in a ClusterRole, given in this namespace alone.
kubectl -n docks create serviceaccount crane-driver
kubectl apply -f - <<'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: crane-driver }
rules:
  - { apiGroups: [apps], resources: [deployments], resourceNames: [crane], verbs: [get] }
  - { apiGroups: [apps], resources: [deployments/scale], resourceNames: [crane], verbs: [get, patch, update] }
YAML
kubectl -n docks create rolebinding cabin --clusterrole=crane-driver --serviceaccount=docks:crane-driver
kubectl -n docks patch deployment cabin --patch '{"spec":{"template":{"spec":{"serviceAccountName":"crane-driver"}}}}'
