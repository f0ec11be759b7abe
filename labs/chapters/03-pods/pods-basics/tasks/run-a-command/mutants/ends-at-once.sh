# caught-by: stays-up
kubectl -n beacon run ticker --image=busybox:1.37 --restart=Never --overrides='{"spec":{"containers":[{"name":"ticker",
  "image":"busybox:1.37","args":["echo","tick"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"}}}]}}'
