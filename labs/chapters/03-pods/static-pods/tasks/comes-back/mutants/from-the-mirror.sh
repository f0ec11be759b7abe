# What the API server shows is not what was written: it has a node in it, and a name that ends with it.
# caught-by: manifest-kept
kubectl -n siren get pod siren-node01 -o yaml > siren.yaml
scp -q siren.yaml node01:
ssh node01 'sudo mv siren.yaml /root/siren.yaml && sudo rm /etc/kubernetes/manifests/test.yaml'
