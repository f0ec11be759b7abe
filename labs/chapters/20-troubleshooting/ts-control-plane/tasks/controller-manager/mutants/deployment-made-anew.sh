# caught-by: radios-available, radio-kept
kubectl -n pilots get deployment radio -o yaml > radio.yaml
kubectl -n pilots replace --force -f radio.yaml
