# The cause was written to the revision that was at fault, not to the one that runs.
# caught-by: cause-recorded
name=$(kubectl -n timetable get replicasets -o jsonpath='{.items[?(@.metadata.annotations.deployment\.kubernetes\.io/revision=="4")].metadata.name}')
kubectl -n timetable annotate replicaset "$name" kubernetes.io/change-cause='refresh of 5 seconds overloaded the server'
