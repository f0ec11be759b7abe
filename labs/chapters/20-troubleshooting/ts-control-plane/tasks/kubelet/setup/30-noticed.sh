# The cluster would take 50 s to notice: this is what it would write then, and it goes on from there by itself.
kubectl patch node node01 --subresource=status --patch '{"status":{"conditions":[{"type":"Ready","status":"Unknown",
  "reason":"NodeStatusUnknown","message":"Kubelet stopped posting node status."}]}}'
kubectl wait node node01 --for=jsonpath='{.spec.taints[?(@.effect=="NoExecute")].key}'=node.kubernetes.io/unreachable --timeout=60s
kubectl -n lighthouse scale deployment lamp --replicas=3
kubectl -n lighthouse wait deployment lamp --for=jsonpath='{.status.replicas}'=3 --timeout=30s
