# The list of variables was replaced instead of added to.
# caught-by: language-kept
kubectl -n signage create configmap display --from-literal=COLOUR='ocean blue' --from-literal=FONT_SIZE=48 --from-literal=SCROLL=true
kubectl -n signage patch deployment display --type=merge -p \
  '{"spec":{"template":{"spec":{"containers":[{"name":"display","image":"wheelhouse/app:1","envFrom":[{"configMapRef":{"name":"display"}}]}]}}}}'
