# Every value of the key, and the manifest instead of a patch.
kubectl -n dock get pod recorder -o yaml |
  sed 's/^  tolerations:/&\n  - key: state\n    operator: Exists\n    effect: NoExecute\n    tolerationSeconds: 14400/' > recorder.yaml
kubectl apply -f recorder.yaml
kubectl taint node node01 state=repair:NoExecute
