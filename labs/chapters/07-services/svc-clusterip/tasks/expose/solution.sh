kubectl -n fares expose deployment calculator --name=fares --port=80 --target-port=8080
