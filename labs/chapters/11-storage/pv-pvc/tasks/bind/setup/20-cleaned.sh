kubectl -n logbook wait pod/cleaner --for=jsonpath='{.status.phase}'=Succeeded --timeout=60s
kubectl -n logbook delete pod cleaner --now
