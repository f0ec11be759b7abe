# caught-by: same-deployment
kubectl -n loyalty get deployment points -o yaml | sed -e '/^  resourceVersion:/d;/^  uid:/d;/paused:/d' -e 's#app:2-broken#app:2#' \
  -e 's/maxSurge: 0/maxSurge: 1/;s/maxUnavailable: 1/maxUnavailable: 0/' \
  -e 's/revisionHistoryLimit: .*/revisionHistoryLimit: 5/;s/progressDeadlineSeconds: .*/progressDeadlineSeconds: 60/' > points.yaml
kubectl -n loyalty delete deployment points
kubectl create -f points.yaml
