# machine: node01
# user: root
# JSON is YAML, too, and the file's name is free.
cat > /etc/kubernetes/manifests/buoy-7.json <<'JSON'
{
  "apiVersion": "v1", "kind": "Pod",
  "metadata": { "name": "light", "namespace": "buoys", "labels": { "app": "light" } },
  "spec": { "containers": [ { "name": "lamp", "image": "wheelhouse/app:1", "env": [ { "name": "GREETING", "value": "Buoy 7 is lit" } ] } ] }
}
JSON
