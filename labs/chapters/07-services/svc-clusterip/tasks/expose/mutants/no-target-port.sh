# caught-by: answers
kubectl -n fares expose deployment calculator --name=fares --port=80
