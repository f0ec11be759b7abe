# caught-by: client-kept
kubectl -n kiosk delete pod client --now
kubectl -n kiosk run client --image=curlimages/curl:8.15.0 --command -- sleep infinity
kubectl -n kiosk run greeter --image=wheelhouse/app:1 \
  --labels=app=greeter,tier=web --env="GREETING=Welcome aboard" --port=8080
