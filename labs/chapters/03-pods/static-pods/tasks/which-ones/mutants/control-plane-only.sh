# The four that everybody knows, without their namespace.
# caught-by: pods-listed
cd /home/candidate/answers/tally
kubectl -n kube-system get pods -l tier=control-plane -o custom-columns=:.metadata.name --no-headers > pods.txt
echo /etc/kubernetes/manifests/20-harbour.yml > path.txt
