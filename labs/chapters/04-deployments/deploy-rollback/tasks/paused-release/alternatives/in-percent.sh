# One patch does it all, with percentages, and takes the pause away as the last of its fields.
kubectl -n loyalty patch deployment points -p '{"spec":{"paused":false,"revisionHistoryLimit":5,"progressDeadlineSeconds":60,
  "strategy":{"rollingUpdate":{"maxUnavailable":"0%","maxSurge":"50%"}},
  "template":{"spec":{"containers":[{"name":"web","image":"docker.io/wheelhouse/app:2"}]}}}}'
