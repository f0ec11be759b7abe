# In the order of the text: the recorder has gone before it was allowed to stay.
# caught-by: recorder-stays
kubectl -n dock get pod recorder -o yaml > recorder.yaml
kubectl taint node node01 state=repair:NoExecute
kubectl -n dock wait pod recorder --for=delete --timeout=60s
sed -i -e 's/^  tolerations:/&\n  - { key: state, value: repair, effect: NoExecute, tolerationSeconds: 14400 }/' -e '/^  uid:/d' -e '/^  resourceVersion:/d' recorder.yaml
kubectl create -f recorder.yaml
