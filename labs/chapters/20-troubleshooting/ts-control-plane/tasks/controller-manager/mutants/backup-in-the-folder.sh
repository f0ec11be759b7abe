# The kubelet reads every file of the folder, so the copy is a second kube-controller-manager.
# caught-by: folder-kept
ssh controlplane 'cd /etc/kubernetes/manifests && sudo cp kube-controller-manager.yaml kube-controller-manager.backup &&
  sudo sed -i /use-rest-clients/d kube-controller-manager.yaml'
