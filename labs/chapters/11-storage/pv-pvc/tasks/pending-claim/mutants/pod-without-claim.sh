# The Pod runs, since it no longer wants the claim.
# caught-by: claim-bound, reader-ready
kubectl -n archive delete pod reader --now
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Pod
metadata: { name: reader, namespace: archive }
spec:
  volumes: [{ name: archive, emptyDir: {} }]
  containers:
    - { name: reader, image: "busybox:1.37", command: [sleep, infinity], volumeMounts: [{ name: archive, mountPath: /archive }] }
YAML
