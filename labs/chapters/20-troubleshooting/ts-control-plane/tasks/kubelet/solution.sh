kubectl get nodes   # node01 is NotReady
ssh node01 'systemctl status kubelet --no-pager || true'   # inactive (dead), disabled
ssh node01 sudo systemctl enable --now kubelet
