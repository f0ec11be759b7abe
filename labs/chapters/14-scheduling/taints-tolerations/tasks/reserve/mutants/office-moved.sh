# The office is sent away by hand.
# caught-by: office-kept
kubectl taint node node02 berth=radar:NoSchedule
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"berth","operator":"Equal","value":"radar","effect":"NoSchedule"}],"nodeSelector":{"kubernetes.io/hostname":"node02"}}}}}'
kubectl -n radar patch deployment office --patch '{"spec":{"template":{"spec":{"nodeName":"node01"}}}}'
