# To see which one it is, it was moved away.
# caught-by: path-named, counter-kept
cd /home/candidate/answers/tally
printf '%s\n' kube-system/{etcd,kube-apiserver,kube-controller-manager,kube-scheduler}-controlplane tally/counter-node01 > pods.txt
ssh node01 sudo mv /etc/kubernetes/manifests/20-harbour.yml /root/
echo /root/20-harbour.yml > path.txt
kubectl -n tally wait pod counter-node01 --for=delete --timeout=60s
