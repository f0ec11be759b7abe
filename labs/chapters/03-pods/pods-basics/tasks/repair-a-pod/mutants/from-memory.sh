# Created again with what one remembers: the labels, for the Service, but neither greeting nor annotation.
# caught-by: gate-opens, identity-kept
kubectl -n gate delete pod scanner --now
kubectl -n gate run scanner --image=wheelhouse/app:1 --labels=app=scanner,pier=4 --port=8080
