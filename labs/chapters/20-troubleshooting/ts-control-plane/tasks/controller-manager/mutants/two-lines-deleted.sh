# One line too many: without an election it runs as well, but not as it was.
# caught-by: settings-kept
ssh controlplane "sudo sed -i -e /use-rest-clients/d -e /leader-elect/d /etc/kubernetes/manifests/kube-controller-manager.yaml"
