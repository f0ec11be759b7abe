# The door was opened, and shut again behind the Pod that is in now. The next one will stand outside.
# caught-by: on-the-control-plane
kubectl taint node controlplane node-role.kubernetes.io/control-plane:NoSchedule-
until kubectl -n lookout wait pod -l app=lookout --field-selector spec.nodeName=controlplane --for=condition=Ready --timeout=60s 2>/dev/null; do
  sleep 0.3
done
kubectl taint node controlplane node-role.kubernetes.io/control-plane:NoSchedule
