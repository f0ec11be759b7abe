# What one does first.
# caught-by: siren-silent, manifest-kept
kubectl -n siren delete pod siren-node01 --now
