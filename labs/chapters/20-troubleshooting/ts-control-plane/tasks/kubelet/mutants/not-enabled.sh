# It runs until the node is started again.
# caught-by: kubelet-stays
ssh node01 sudo systemctl start kubelet
