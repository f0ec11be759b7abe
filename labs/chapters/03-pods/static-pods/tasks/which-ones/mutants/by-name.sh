# Whatever ends with the name of a node, and a file that is called like the Pod.
# caught-by: pods-listed, path-named
cd /home/candidate/answers/tally
for namespace in kube-system tally; do
  kubectl -n $namespace get pods -o custom-columns=:.metadata.name --no-headers | grep -E -- '-(controlplane|node01)$' | sed "s#^#$namespace/#"
done > pods.txt
echo /etc/kubernetes/manifests/counter.yaml > path.txt
