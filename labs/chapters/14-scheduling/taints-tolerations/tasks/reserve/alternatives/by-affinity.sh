# Any value of the key, and node affinity in place of the selector; the Pods go first, the taint comes after.
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"berth","operator":"Exists"}],"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"In","values":["node02"]}]}]}}}}}}}'
kubectl -n radar rollout status deployment/radar --timeout=60s
kubectl taint node node02 berth=radar:NoSchedule
