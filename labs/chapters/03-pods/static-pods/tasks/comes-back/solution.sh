kubectl -n siren get pod siren-node01 -o jsonpath='{.metadata.ownerReferences[0].kind}'; echo   # Node: a static Pod
ssh node01 sudo grep -rl siren /etc/kubernetes/manifests   # test.yaml
ssh node01 sudo mv /etc/kubernetes/manifests/test.yaml /root/siren.yaml
