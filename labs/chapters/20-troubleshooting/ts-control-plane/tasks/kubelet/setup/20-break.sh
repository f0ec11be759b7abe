# machine: node01
# user: root
systemctl disable --now --quiet kubelet
