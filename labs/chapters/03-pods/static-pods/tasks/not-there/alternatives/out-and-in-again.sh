# machine: node01
# user: root
mv /etc/kubernetes/manifests/foghorn.yaml /root/foghorn.yaml
sed 's/kind: pod/kind: Pod/' /root/foghorn.yaml > /etc/kubernetes/manifests/foghorn.yaml
