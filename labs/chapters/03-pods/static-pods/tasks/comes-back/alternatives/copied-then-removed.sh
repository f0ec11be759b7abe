# machine: node01
# user: root
cp /etc/kubernetes/manifests/test.yaml /root/siren.yaml
rm /etc/kubernetes/manifests/test.yaml
