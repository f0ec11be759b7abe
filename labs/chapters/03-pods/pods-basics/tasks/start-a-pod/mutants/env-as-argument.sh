# The variable was given to the program instead of to kubectl: the container crashes, and is Running now and then.
# caught-by: greeter-ready
kubectl -n kiosk run greeter --image=wheelhouse/app:1 --labels=app=greeter,tier=web --port=8080 -- --env="GREETING=Welcome aboard"
