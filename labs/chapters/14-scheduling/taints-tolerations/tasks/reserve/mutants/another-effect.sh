# The right key and value with another effect: the Pods wait.
# caught-by: radar-tolerates, radar-on-node02
kubectl taint node node02 berth=radar:NoSchedule
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"berth","operator":"Equal","value":"radar","effect":"NoExecute"}],"nodeSelector":{"kubernetes.io/hostname":"node02"}}}}}'
