# machine: node01
# user: root
# The kubelet does not look into folders below the one that it reads.
cp /etc/kubernetes/manifests/test.yaml /root/siren.yaml
mkdir -p /etc/kubernetes/manifests/off
mv /etc/kubernetes/manifests/test.yaml /etc/kubernetes/manifests/off/
