# machine: controlplane
# user: root
# The kubelet is not started anew here: one that starts without an API server may never replace a static Pod that it had begun.
manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
text=$(sed 's/--authorization-mode=Node,RBAC/--authorization-mode=Node,RABC/' "$manifest")
printf '%s\n' "$text" >"$manifest"
# It would take its time to end.
sleep 1
crictl rmp -f $(crictl pods -q --name '^kube-apiserver-') >/dev/null 2>&1 || true
for _ in $(seq 400); do
  if ! curl -sk -o /dev/null --max-time 2 https://127.0.0.1:6443/livez; then
    id=$(crictl ps -aq --state exited --name '^kube-apiserver$' | head -n 1)
    [[ -n $id ]] && crictl logs --tail 3 "$id" 2>&1 | grep -q RABC && exit 0
  fi
  sleep 0.2
done
echo 'kube-apiserver has not failed'
exit 1
