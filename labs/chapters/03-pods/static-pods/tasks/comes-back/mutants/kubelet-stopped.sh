# Nobody starts the siren again, nor anything else.
# caught-by: kubelet-runs
ssh node01 'sudo systemctl stop kubelet && sudo cp /etc/kubernetes/manifests/test.yaml /root/siren.yaml &&
  sudo crictl rmp -f $(sudo crictl pods -q --namespace "^siren$")'
