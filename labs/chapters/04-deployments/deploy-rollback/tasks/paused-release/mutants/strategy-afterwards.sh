# Released with the strategy that was there, which takes a Pod away before the next one comes, and mended for the next time.
# caught-by: never-fewer
kubectl -n loyalty set image deployment/points web=wheelhouse/app:2
kubectl -n loyalty rollout resume deployment/points
kubectl -n loyalty rollout status deployment/points --timeout=60s
kubectl -n loyalty patch deployment points -p '{"spec":{"revisionHistoryLimit":5,"progressDeadlineSeconds":60,
  "strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}}}'
