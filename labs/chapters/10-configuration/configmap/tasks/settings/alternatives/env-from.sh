kubectl apply -f - <<'YAML'
apiVersion: v1
kind: ConfigMap
metadata: { name: display, namespace: signage }
data: { COLOUR: ocean blue, FONT_SIZE: "48", SCROLL: "true" }
YAML
kubectl -n signage patch deployment display -p \
  '{"spec":{"template":{"spec":{"containers":[{"name":"display","envFrom":[{"configMapRef":{"name":"display"}}]}]}}}}'
