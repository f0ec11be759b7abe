# caught-by: light-static, light-answers
kubectl -n buoys run light --image=wheelhouse/app:1 --port=8080 --labels=app=light --env="GREETING=Buoy 7 is lit" --dry-run=client -o yaml > light.yaml
scp -q light.yaml controlplane:
ssh controlplane sudo mv light.yaml /etc/kubernetes/manifests/
