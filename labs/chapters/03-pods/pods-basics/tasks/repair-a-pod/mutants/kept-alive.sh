# Running and ready, but it does not do the work.
# caught-by: gate-opens
kubectl -n gate get pod scanner -o yaml | sed 's#- /app/server$#- sleep\n    - infinity#' > scanner.yaml
kubectl replace --force -f scanner.yaml
