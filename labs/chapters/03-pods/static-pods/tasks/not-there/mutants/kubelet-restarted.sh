# caught-by: foghorn-sounds
ssh node01 sudo systemctl restart kubelet
