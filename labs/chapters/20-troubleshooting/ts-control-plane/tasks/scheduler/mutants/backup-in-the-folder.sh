# The kubelet reads every file of the folder, so the copy is a second kube-scheduler.
# caught-by: folder-kept
ssh controlplane 'cd /etc/kubernetes/manifests && sudo cp kube-scheduler.yaml kube-scheduler.yaml.bak &&
  sudo sed -i s/kube-schedular/kube-scheduler/ kube-scheduler.yaml'
