# The same Pod by way of the API server, with the name that it would have.
# caught-by: foghorn-sounds
ssh node01 sudo cat /etc/kubernetes/manifests/foghorn.yaml |
  sed -e 's/^kind: pod$/kind: Pod/' -e 's/^  name: foghorn$/  name: foghorn-node01/' -e 's/^spec:$/spec:\n  nodeName: node01/' | kubectl apply -f -
kubectl -n foghorn wait pod foghorn-node01 --for=condition=Ready --timeout=60s
