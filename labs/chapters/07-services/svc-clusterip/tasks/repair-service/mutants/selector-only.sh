# There are endpoints now, but their port has no name that the Service knows.
# caught-by: answers
kubectl -n seats set selector service seats app=seats,tier=backend
