# Without an address of its own the Service leads to the Pods' own ports, whatever it says about port 80.
# caught-by: answers
kubectl -n fares expose deployment calculator --name=fares --port=80 --target-port=8080 --cluster-ip=None
