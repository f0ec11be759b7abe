kubectl -n beacon run ticker --image=busybox:1.37 --restart=Never --dry-run=client -o yaml \
  -- sh -c 'while true; do echo tick; sleep 1; done' > ticker.yaml
# In the editor: requests below resources.
sed -i 's/    resources: {}/    resources:\n      requests:\n        cpu: 10m\n        memory: 16Mi/' ticker.yaml
kubectl apply -f ticker.yaml
