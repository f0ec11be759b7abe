# machine: node01
# user: root
mv /etc/kubernetes/manifests/foghorn.yaml /root/foghorn.yaml
sed -e 's/kind: pod/kind: Pod/' -e 's/^  name: foghorn$/&\n  annotations: { mended: today }/' /root/foghorn.yaml > /etc/kubernetes/manifests/foghorn.yaml
