# caught-by: version-2-serves, not-paused
kubectl -n loyalty set image deployment/points web=wheelhouse/app:2
kubectl -n loyalty patch deployment points -p '{"spec":{"revisionHistoryLimit":5,"progressDeadlineSeconds":60,
  "strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}}}'
