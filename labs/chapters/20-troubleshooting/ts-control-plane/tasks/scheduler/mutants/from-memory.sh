# What one remembers of the flags is enough to run it, but not what was there.
# caught-by: settings-kept
ssh controlplane "sudo sed -i -e s/kube-schedular/kube-scheduler/ -e /--auth/d -e /--bind-address/d /etc/kubernetes/manifests/kube-scheduler.yaml"
