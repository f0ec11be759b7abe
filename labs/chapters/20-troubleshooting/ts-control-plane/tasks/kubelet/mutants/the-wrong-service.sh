# caught-by: node-ready, lamps-lit, kubelet-stays
ssh node01 sudo systemctl restart containerd
