# caught-by: greeter-ready
kubectl -n kiosk create deployment greeter --image=wheelhouse/app:1 --port=8080
kubectl -n kiosk set env deployment/greeter GREETING="Welcome aboard"
