ssh controlplane 'sudo crictl ps -a --name kube-apiserver && sudo crictl logs --tail 1 $(sudo crictl ps -aq --name kube-apiserver | head -n 1)'   # RABC
ssh controlplane sudo sed -i s/Node,RABC/Node,RBAC/ /etc/kubernetes/manifests/kube-apiserver.yaml
