# machine: node01
# user: root
cat > /root/.test <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: siren, namespace: siren, labels: { test: "2025" } }
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: siren
      image: busybox:1.37
      command: [sh, -c, "while true; do echo howl; sleep 1; done"]
YAML
mv /root/.test /etc/kubernetes/manifests/test.yaml
