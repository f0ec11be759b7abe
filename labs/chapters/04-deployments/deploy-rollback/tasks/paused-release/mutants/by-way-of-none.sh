# Everything is as it should be, but for a while there was nothing.
# caught-by: never-fewer
kubectl -n loyalty scale deployment points --replicas=0
kubectl -n loyalty wait pod -l app=points --for=delete --timeout=60s
kubectl -n loyalty patch deployment points -p '{"spec":{"paused":false,"replicas":3,"revisionHistoryLimit":5,"progressDeadlineSeconds":60,
  "strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}},
  "template":{"spec":{"containers":[{"name":"web","image":"wheelhouse/app:2"}]}}}}'
