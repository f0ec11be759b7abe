# An autoscaler that may not go below four, nor above: it needs no metrics for that.
cd /home/candidate/answers/weather
kubectl -n weather autoscale deployment station --min=4 --max=4
kubectl -n weather wait deployment/station --for=jsonpath='{.status.availableReplicas}'=4 --timeout=90s
kubectl -n weather get pods -l app=station -o custom-columns=:.metadata.name --no-headers > pods.txt
kubectl -n weather get service station -o custom-columns=:.spec.clusterIP > address.txt
