kubectl get persistentvolume cargo-spare -o yaml | sed -e 's/cargo-spare/cargo-tern/' -e 's/storage: 4Gi/storage: 2048Mi/' \
  -e '/resourceVersion:/d' -e '/  uid:/d' -e '/creationTimestamp:/d' > cargo-tern.yaml
kubectl create -f cargo-tern.yaml
kubectl label persistentvolume cargo-tern ship=tern
