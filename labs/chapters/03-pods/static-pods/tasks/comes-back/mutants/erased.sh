# caught-by: manifest-kept
ssh node01 sudo rm /etc/kubernetes/manifests/test.yaml
