# machine: node01
# user: root
systemctl start kubelet
systemctl enable kubelet
