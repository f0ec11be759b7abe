# machine: controlplane
# user: root
sed -i 's/--authorization-mode=.*/--authorization-mode=RBAC,Node/' /etc/kubernetes/manifests/kube-apiserver.yaml
