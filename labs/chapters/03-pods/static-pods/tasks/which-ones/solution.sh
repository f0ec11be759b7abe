cd /home/candidate/answers/tally
kubectl get pods -A -o jsonpath='{range .items[?(@.metadata.ownerReferences[0].kind=="Node")]}{.metadata.namespace}/{.metadata.name}{"\n"}{end}' |
  grep -E '^(kube-system|tally)/' > pods.txt
ssh node01 sudo grep -rl counter /etc/kubernetes/manifests > path.txt
