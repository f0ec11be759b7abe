# Repaired, with a flag more than before.
# caught-by: settings-kept
ssh controlplane "sudo sed -i -e s/Node,RABC/Node,RBAC/ -e 's/^    - --allow-privileged=true/&\n    - --profiling=false/' /etc/kubernetes/manifests/kube-apiserver.yaml"
