# The file was written into the running container: gone with the next Pod, and not from the ConfigMap.
# caught-by: mounted-from-configmap
kubectl -n brochure create configmap ui --from-file=app.properties=/home/candidate/brochure/ui.properties
kubectl -n brochure patch deployment brochure -p '{"spec":{"template":{"spec":{"volumes":[{"name":"scratch","emptyDir":{}}],
  "containers":[{"name":"app","volumeMounts":[{"name":"scratch","mountPath":"/files"}]}]}}}}'
kubectl -n brochure rollout status deployment/brochure --timeout=60s
pod=$(kubectl -n brochure get pods -l app=brochure --sort-by=.metadata.creationTimestamp -o name | tail -n 1)
kubectl -n brochure exec -i "$pod" -- sh -c 'cat > /files/app.properties' < /home/candidate/brochure/ui.properties
