cd /home/candidate/answers/tally
for namespace in tally kube-system; do
  kubectl -n $namespace get pods -o json |
    jq -r '.items[].metadata | select(.annotations["kubernetes.io/config.source"] == "file") | "\(.namespace)/\(.name)"'
done | sort -r > pods.txt
echo '  /etc/kubernetes/manifests/20-harbour.yml' > path.txt
