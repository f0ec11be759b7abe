# More Pods than are needed while it goes on, and the rest afterwards: what is asked for is the fewest, and what is there at the end.
kubectl -n loyalty set image deployment/points web=wheelhouse/app:2
kubectl -n loyalty patch deployment points -p '{"spec":{"strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":"100%"}}}}'
kubectl -n loyalty scale deployment points --replicas=5
kubectl -n loyalty rollout resume deployment/points
kubectl -n loyalty rollout status deployment/points --timeout=60s
kubectl -n loyalty scale deployment points --replicas=3
kubectl -n loyalty patch deployment points --type=merge -p '{"spec":{"revisionHistoryLimit":5,"progressDeadlineSeconds":60}}'
