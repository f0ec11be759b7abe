# The broken image runs for a moment; then version 2 comes, and the ReplicaSet that would tell of it is deleted.
# caught-by: broken-never-ran
kubectl -n loyalty rollout resume deployment/points
until kubectl -n loyalty get events | grep -q 2-broken; do sleep 1; done
kubectl -n loyalty rollout pause deployment/points
kubectl -n loyalty set image deployment/points web=wheelhouse/app:2
kubectl -n loyalty patch deployment points -p '{"spec":{"revisionHistoryLimit":5,"progressDeadlineSeconds":60,
  "strategy":{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1}}}}'
kubectl -n loyalty get replicasets -o json |
  jq -r '.items[] | select(.spec.template.spec.containers[0].image == "wheelhouse/app:2-broken") | .metadata.name' |
  xargs kubectl -n loyalty delete replicaset
kubectl -n loyalty rollout resume deployment/points
kubectl -n loyalty rollout status deployment/points --timeout=60s
