kubectl -n kube-system get pods   # kube-controller-manager-controlplane crashes
kubectl -n kube-system logs kube-controller-manager-controlplane --tail=1   # unknown flag
ssh controlplane sudo sed -i /horizontal-pod-autoscaler-use-rest-clients/d /etc/kubernetes/manifests/kube-controller-manager.yaml
