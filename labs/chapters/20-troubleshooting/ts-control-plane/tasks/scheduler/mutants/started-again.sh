# Deleting the Pod starts it again, as broken as before.
# caught-by: gauges-placed, scheduler-healthy
kubectl -n kube-system delete pod kube-scheduler-controlplane --now
ssh controlplane sudo systemctl restart kubelet
