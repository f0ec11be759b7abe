kubectl -n archive describe persistentvolumeclaim archive
kubectl get persistentvolume archive-1   # same class, same mode, but 1Gi for a claim of 2Gi
kubectl patch persistentvolume archive-1 -p '{"spec":{"capacity":{"storage":"2Gi"}}}'
