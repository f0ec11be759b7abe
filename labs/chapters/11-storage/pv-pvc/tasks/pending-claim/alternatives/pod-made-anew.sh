# The Pod may be replaced, and may call its volume otherwise; it is the claim that may not.
kubectl -n archive get pod reader -o yaml | sed 's/name: archive$/name: shelf/' > reader.yaml
kubectl -n archive delete pod reader --now
kubectl patch persistentvolume archive-1 --type=json -p '[{"op":"replace","path":"/spec/capacity/storage","value":"2048Mi"}]'
sed -i -e '/^  resourceVersion:/d' -e '/^  uid:/d' reader.yaml
kubectl create -f reader.yaml
