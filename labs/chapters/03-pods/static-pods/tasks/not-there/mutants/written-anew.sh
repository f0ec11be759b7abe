# It sounds, but it is another one.
# caught-by: manifest-kept
kubectl -n foghorn run foghorn --image=busybox:1.37 --dry-run=client -o yaml -- sh -c 'while true; do echo foghorn sounds; sleep 2; done' > foghorn.yaml
scp -q foghorn.yaml node01:
ssh node01 sudo mv foghorn.yaml /etc/kubernetes/manifests/
