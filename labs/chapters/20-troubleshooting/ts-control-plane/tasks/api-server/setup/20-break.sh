# machine: controlplane
# user: root
# The kubelet is not started anew here: one that starts without an API server may never replace a static Pod that it had begun.
manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
sed 's/--authorization-mode=Node,RBAC/--authorization-mode=Node,RABC/' "$manifest" >/root/.kube-apiserver.yaml
chmod --reference="$manifest" /root/.kube-apiserver.yaml

has_failed() {
  curl -sk -o /dev/null --max-time 2 https://127.0.0.1:6443/livez && return 1
  local id
  id=$(crictl ps -aq --state exited --name '^kube-apiserver$' | head -n 1)
  [[ -n $id ]] && crictl logs --tail 3 "$id" 2>&1 | grep -q RABC
}

for _ in $(seq 4); do
  cat /root/.kube-apiserver.yaml >"$manifest"
  chmod --reference=/root/.kube-apiserver.yaml "$manifest"
  # It would take its time to end.
  sleep 1
  crictl rmp -f $(crictl pods -q --name '^kube-apiserver-') >/dev/null 2>&1 || true
  until=$((SECONDS + 30))
  while ((SECONDS < until)); do
    has_failed && rm /root/.kube-apiserver.yaml && exit 0
    sleep 0.2
  done
  # A kubelet that waits for a Pod that is gone takes up a manifest that went and came back.
  rm "$manifest"
  for _ in $(seq 50); do
    [[ -z $(crictl pods -q --name '^kube-apiserver-') ]] && break
    sleep 0.2
  done
done
echo 'kube-apiserver has not failed'
exit 1
