# A Pod with the same labels, placed by hand. The DaemonSet does not know it, and removes it or not: it is none of its own.
# caught-by: on-the-control-plane
kubectl -n lookout run lookout-controlplane --image=busybox:1.37 --labels=role=lookout --overrides='{"spec":{"nodeName":"controlplane"}}' -- sleep infinity
