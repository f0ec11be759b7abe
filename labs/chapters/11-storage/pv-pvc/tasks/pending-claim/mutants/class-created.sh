# What the event seems to ask for: a StorageClass. It makes a volume that is large enough, but somewhere else.
# caught-by: claim-bound
kubectl get storageclass standard -o yaml | sed -e 's/^  name: standard$/  name: archive-disk/' -e '/resourceVersion:/d' -e '/uid:/d' \
  -e '/is-default-class/d' -e '/last-applied/d' -e '/^      {/d' | kubectl create -f -
kubectl -n archive wait pod/reader --for=condition=Ready --timeout=60s
