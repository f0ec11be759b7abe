# kubectl works, but the kubelets may no longer do their work.
# caught-by: nodes-may
ssh controlplane sudo sed -i s/Node,RABC/RBAC/ /etc/kubernetes/manifests/kube-apiserver.yaml
