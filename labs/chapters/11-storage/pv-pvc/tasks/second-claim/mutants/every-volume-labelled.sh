# The label that the claim asks for, on all that are called cargo. Nothing happens to them, for now.
# caught-by: gull-kept, spare-kept
kubectl get persistentvolume cargo-spare -o yaml | sed -e 's/cargo-spare/cargo-tern/' -e 's/storage: 4Gi/storage: 2Gi/' \
  -e '/resourceVersion:/d' -e '/  uid:/d' -e '/creationTimestamp:/d' > cargo-tern.yaml
kubectl create -f cargo-tern.yaml
kubectl label persistentvolume cargo-tern ship=tern
kubectl -n cargo wait persistentvolumeclaim/tern --for=jsonpath='{.spec.volumeName}'=cargo-tern --timeout=60s
kubectl label persistentvolume cargo-gull cargo-spare ship=tern --overwrite
