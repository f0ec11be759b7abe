# A flag that the program does not know is as unknown with another value.
# caught-by: radios-available, manager-healthy
ssh controlplane sudo sed -i s/use-rest-clients=true/use-rest-clients=false/ /etc/kubernetes/manifests/kube-controller-manager.yaml
