# command instead of args; limits alone, from which the requests are taken; another loop.
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata:
  name: ticker
  namespace: beacon
spec:
  restartPolicy: Never
  containers:
    - name: beat
      image: busybox:1.37
      command: [/bin/sh, -c]
      args: ["yes tick | while read -r line; do echo $line; sleep 1; done"]
      resources:
        limits: { cpu: "0.01", memory: 16Mi }
YAML
