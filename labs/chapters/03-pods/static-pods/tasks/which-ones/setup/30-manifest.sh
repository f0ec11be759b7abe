# machine: node01
# user: root
cat > /root/.harbour <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: counter, namespace: tally }
spec:
  terminationGracePeriodSeconds: 1
  containers: [{ name: counter, image: "busybox:1.37", command: [sleep, infinity] }]
YAML
mv /root/.harbour /etc/kubernetes/manifests/20-harbour.yml
