# What stands behind the two dashes goes to the program, which does not know what to do with it.
# caught-by: greeter-ready, port-declared
kubectl -n kiosk run greeter --image=wheelhouse/app:1 --labels=app=greeter,tier=web --env="GREETING=Welcome aboard" -- --port=8080
