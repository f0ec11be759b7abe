# The kubelet reads every file of the folder, so the copy is a second kube-apiserver.
# caught-by: folder-kept
ssh controlplane 'cd /etc/kubernetes/manifests && sudo cp kube-apiserver.yaml kube-apiserver.old && sudo sed -i s/RABC/RBAC/ kube-apiserver.yaml'
