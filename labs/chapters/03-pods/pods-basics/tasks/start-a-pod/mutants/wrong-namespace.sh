# caught-by: greeter-ready
kubectl -n default delete pod greeter --ignore-not-found --now
kubectl run greeter --image=wheelhouse/app:1 --labels=app=greeter,tier=web --env="GREETING=Welcome aboard" --port=8080
