# At the moment of resuming, the broken image is rolled out.
# caught-by: broken-never-ran
kubectl -n loyalty rollout resume deployment/points
kubectl -n loyalty wait deployment/points --for=jsonpath='{.metadata.annotations.deployment\.kubernetes\.io/revision}'=2 --timeout=30s
kubectl -n loyalty set image deployment/points web=wheelhouse/app:2
kubectl -n loyalty patch deployment points -p '{"spec":{"revisionHistoryLimit":5,"progressDeadlineSeconds":60,
  "strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}}}'
