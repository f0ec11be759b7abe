# machine: controlplane
# user: root
manifest=/etc/kubernetes/manifests/kube-controller-manager.yaml
# By itself the kubelet takes its time over a changed manifest; one that starts anew does not.
systemctl stop kubelet
text=$(sed 's/^    - --leader-elect=true$/&\n    - --horizontal-pod-autoscaler-use-rest-clients=true/' "$manifest")
printf '%s\n' "$text" >"$manifest"
crictl rmp -f $(crictl pods -q --name '^kube-controller-manager-') >/dev/null 2>&1 || true
systemctl start kubelet
for _ in $(seq 200); do
  crictl ps -aq --state exited --name '^kube-controller-manager$' | grep -q . && exit 0
  sleep 0.2
done
echo 'kube-controller-manager has not failed'
exit 1
