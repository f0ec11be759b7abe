# machine: controlplane
# user: root
/usr/local/sbin/wheelhouse-restore-node
