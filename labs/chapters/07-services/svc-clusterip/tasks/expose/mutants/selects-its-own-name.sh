# `create service` selects app=fares, which no Pod bears.
# caught-by: answers, reaches-stable-pods
kubectl -n fares create service clusterip fares --tcp=80:8080
