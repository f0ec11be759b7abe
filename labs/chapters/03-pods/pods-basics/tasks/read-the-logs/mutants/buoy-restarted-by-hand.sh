# caught-by: radio-kept
kubectl -n radio get pod buoy-1 -o yaml > buoy-1.yaml
kubectl replace --force -f buoy-1.yaml
