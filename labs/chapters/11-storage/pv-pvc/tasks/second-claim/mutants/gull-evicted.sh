# The volume of the other ship is taken for this one.
# caught-by: gull-kept
kubectl -n cargo delete pod loader-gull --now
kubectl -n cargo delete persistentvolumeclaim gull
kubectl patch persistentvolume cargo-gull --type=json -p '[{"op":"remove","path":"/spec/claimRef"},
  {"op":"replace","path":"/metadata/labels/ship","value":"tern"}]'
