kubectl taint node node02 berth=radar:NoSchedule
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"berth","operator":"Equal","value":"radar","effect":"NoSchedule"}],"nodeSelector":{"kubernetes.io/hostname":"node02"}}}}}'
