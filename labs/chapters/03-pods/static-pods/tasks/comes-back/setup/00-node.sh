# machine: node01
# user: root
# Other tasks have manifests in the same folder, so the whole of it is restored only where the kubelet itself was changed.
kept=/var/lib/wheelhouse/pristine/var/lib/kubelet/config.yaml
systemctl is-active --quiet kubelet && cmp -s "$kept" /var/lib/kubelet/config.yaml || /usr/local/sbin/wheelhouse-restore-node
grep -lE '(namespace"?: *"?siren|name"?: *"?siren)\b' /etc/kubernetes/manifests/* 2>/dev/null | xargs -r rm -f
rm -rf /root/siren.yaml /etc/kubernetes/manifests/*/
for _ in $(seq 100); do
  pods=$(crictl pods -q --name '^siren-')
  [[ -z $pods ]] && break
  crictl rmp -f $pods >/dev/null 2>&1 || true
  sleep 0.2
done
