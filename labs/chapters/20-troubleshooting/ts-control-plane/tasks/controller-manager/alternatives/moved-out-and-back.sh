# machine: controlplane
# user: root
cd /etc/kubernetes/manifests
mv kube-controller-manager.yaml /root/
sed -i /use-rest-clients/d /root/kube-controller-manager.yaml
mv /root/kube-controller-manager.yaml .
