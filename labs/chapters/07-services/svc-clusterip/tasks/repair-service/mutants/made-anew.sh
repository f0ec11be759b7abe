# caught-by: same-service
kubectl -n seats delete service seats
kubectl -n seats expose deployment seats --port=80 --target-port=8080
