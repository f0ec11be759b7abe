# Let in, but not sent there: the scheduler spreads the two over both nodes.
# caught-by: radar-on-node02
kubectl taint node node02 berth=radar:NoSchedule
kubectl -n radar patch deployment radar --patch '{"spec":{"template":{"spec":{"tolerations":[{"key":"berth","operator":"Equal","value":"radar","effect":"NoSchedule"}]}}}}'
