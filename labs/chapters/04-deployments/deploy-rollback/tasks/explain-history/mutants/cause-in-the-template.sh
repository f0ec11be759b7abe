# The annotation was put into the Pod template: the history shows nothing, and every Pod is replaced.
# caught-by: cause-recorded, pods-kept
kubectl -n timetable patch deployment board -p \
  '{"spec":{"template":{"metadata":{"annotations":{"kubernetes.io/change-cause":"refresh of 5 seconds overloaded the server"}}}}}'
