kubectl -n kube-system get pods   # kube-scheduler-controlplane does not start
kubectl -n kube-system describe pod kube-scheduler-controlplane | tail -n 5   # exec: "kube-schedular": executable file not found
ssh controlplane sudo sed -i s/kube-schedular/kube-scheduler/ /etc/kubernetes/manifests/kube-scheduler.yaml
