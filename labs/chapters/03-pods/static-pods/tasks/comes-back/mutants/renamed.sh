# The kubelet does not look at what a file's name ends with.
# caught-by: siren-silent
ssh node01 'sudo cp /etc/kubernetes/manifests/test.yaml /root/siren.yaml &&
  sudo mv /etc/kubernetes/manifests/test.yaml /etc/kubernetes/manifests/test.yaml.off'
