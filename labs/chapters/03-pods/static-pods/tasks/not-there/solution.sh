ssh node01 'sudo journalctl -u kubelet --no-pager | grep foghorn | tail -n 1'   # no kind "pod" is registered for version "v1"
ssh node01 "sudo sed -i 's/^kind: pod$/kind: Pod/' /etc/kubernetes/manifests/foghorn.yaml"
