# The volume holds nothing yet, so it may be made again; it is the claim that may not.
kubectl get persistentvolume archive-1 -o yaml |
  sed -e 's/storage: 1Gi/storage: 2Gi/' -e '/resourceVersion:/d' -e '/  uid:/d' -e '/creationTimestamp:/d' > archive-1.yaml
kubectl delete persistentvolume archive-1
kubectl create -f archive-1.yaml
