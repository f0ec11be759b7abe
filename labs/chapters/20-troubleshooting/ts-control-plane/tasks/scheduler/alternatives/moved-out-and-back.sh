# machine: controlplane
# user: root
mv /etc/kubernetes/manifests/kube-scheduler.yaml /root/
sed -i s/schedular/scheduler/ /root/kube-scheduler.yaml
mv /root/kube-scheduler.yaml /etc/kubernetes/manifests/
