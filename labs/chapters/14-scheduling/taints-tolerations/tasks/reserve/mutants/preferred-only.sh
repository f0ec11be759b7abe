# A wish in place of a rule.
# caught-by: node-tainted
kubectl taint node node02 berth=radar:PreferNoSchedule
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"berth","operator":"Equal","value":"radar","effect":"NoSchedule"}],"nodeSelector":{"kubernetes.io/hostname":"node02"}}}}}'
