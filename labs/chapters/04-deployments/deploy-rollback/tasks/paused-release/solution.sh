kubectl -n loyalty set image deployment/points web=wheelhouse/app:2
# In the editor: kubectl -n loyalty edit deployment points
kubectl -n loyalty patch deployment points -p '{"spec":{"revisionHistoryLimit":5,"progressDeadlineSeconds":60,
  "strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}}}'
kubectl -n loyalty rollout resume deployment/points
kubectl -n loyalty rollout status deployment/points --timeout=60s
