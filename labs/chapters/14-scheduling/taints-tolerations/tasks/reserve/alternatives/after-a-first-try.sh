# A taint with another effect was tried first, and is still there; the Pods find the node by a label of its own.
kubectl taint node node02 berth=radar:PreferNoSchedule
kubectl taint node node02 berth=radar:NoSchedule
kubectl label node node02 berth=radar --overwrite
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"berth","value":"radar"}],"nodeSelector":{"berth":"radar"}}}}}'
