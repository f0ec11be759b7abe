# machine: node01
# user: root
# A kubelet that somebody started by hand would hold the ports.
systemctl is-active --quiet kubelet || pkill -x kubelet || true
/usr/local/sbin/wheelhouse-restore-node
