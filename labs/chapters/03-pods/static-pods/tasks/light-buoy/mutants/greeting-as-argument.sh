# caught-by: light-answers
kubectl -n buoys run light --image=wheelhouse/app:1 --port=8080 --labels=app=light --dry-run=client -o yaml -- GREETING="Buoy 7 is lit" > light.yaml
scp -q light.yaml node01:
ssh node01 sudo mv light.yaml /etc/kubernetes/manifests/
