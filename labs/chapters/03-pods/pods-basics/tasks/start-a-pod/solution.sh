kubectl -n kiosk run greeter --image=wheelhouse/app:1 \
  --labels=app=greeter,tier=web --env="GREETING=Welcome aboard" --port=8080
