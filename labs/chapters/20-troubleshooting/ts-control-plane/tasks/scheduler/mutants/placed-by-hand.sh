# The Pods run, since they no longer need a scheduler.
# caught-by: scheduler-healthy, gauge-kept
kubectl -n tides patch deployment gauge --patch '{"spec":{"template":{"spec":{"nodeName":"node01"}}}}'
kubectl -n tides rollout status deployment/gauge --timeout=60s
