# caught-by: labelled, port-declared
kubectl -n kiosk run greeter --image=wheelhouse/app:1 -l app=greeter --env="GREETING=Welcome aboard"
