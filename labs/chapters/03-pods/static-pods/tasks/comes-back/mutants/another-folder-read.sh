# machine: node01
# user: root
# The kubelet reads another folder now, and with the siren all else that was there is gone for it.
# caught-by: siren-silent
cp /etc/kubernetes/manifests/test.yaml /root/siren.yaml
mkdir -p /root/nothing
sed -i 's#^staticPodPath:.*#staticPodPath: /root/nothing#' /var/lib/kubelet/config.yaml
systemctl restart kubelet
