kubectl -n gate describe pod scanner | tail -n 5   # exec: "/app/server": no such file
kubectl -n gate get pod scanner -o yaml > scanner.yaml
sed -i 's#/app/server$#/app/serve#' scanner.yaml
kubectl replace --force -f scanner.yaml
