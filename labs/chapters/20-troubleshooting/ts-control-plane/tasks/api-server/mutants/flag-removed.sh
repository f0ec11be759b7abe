# Without the flag the API server starts, and lets everybody do everything: that is its default.
# caught-by: rules-hold
ssh controlplane sudo sed -i /authorization-mode/d /etc/kubernetes/manifests/kube-apiserver.yaml
