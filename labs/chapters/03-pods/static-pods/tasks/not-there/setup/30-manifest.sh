# machine: node01
# user: root
cat > /root/.foghorn <<'YAML'
apiVersion: v1
kind: pod
metadata:
  name: foghorn
  namespace: foghorn
  labels:
    app: foghorn
    pier: north
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: horn
    image: busybox:1.37
    command: ["sh", "-c", "while true; do echo foghorn sounds; sleep $PAUSE; done"]
    env:
    - name: PAUSE
      value: "2"
    resources:
      requests:
        memory: 8Mi
YAML
mv /root/.foghorn /etc/kubernetes/manifests/foghorn.yaml
