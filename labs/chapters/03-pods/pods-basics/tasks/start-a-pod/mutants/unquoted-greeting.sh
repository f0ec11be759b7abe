# Without quotes the shell cuts the greeting in two.
# caught-by: greets
kubectl -n kiosk run greeter --image=wheelhouse/app:1 --labels=app=greeter,tier=web --port=8080 --env=GREETING=Welcome
