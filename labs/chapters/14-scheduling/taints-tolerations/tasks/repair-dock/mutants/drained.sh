# What one does with a node that is to be repaired. It empties it altogether.
# caught-by: node-tainted, recorder-stays
kubectl drain node01 --ignore-daemonsets --delete-emptydir-data --force
