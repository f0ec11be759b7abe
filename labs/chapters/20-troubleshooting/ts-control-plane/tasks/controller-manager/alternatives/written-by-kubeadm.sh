# kubeadm wrote the manifest once, and writes it again from the settings that it keeps in the cluster.
ssh controlplane 'kubectl -n kube-system get configmap kubeadm-config -o jsonpath="{.data.ClusterConfiguration}" > kubeadm.yaml &&
  sudo kubeadm init phase control-plane controller-manager --config kubeadm.yaml && rm kubeadm.yaml'
