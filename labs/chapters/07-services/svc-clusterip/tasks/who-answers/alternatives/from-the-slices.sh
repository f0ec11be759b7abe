cd /home/candidate/answers/weather
kubectl -n weather patch deployment station -p '{"spec":{"replicas":4}}'
kubectl -n weather rollout status deployment/station --timeout=60s
kubectl -n weather get endpointslices -l kubernetes.io/service-name=station \
  -o jsonpath='{range .items[*].endpoints[*]}{.targetRef.name}{"\n"}{end}' > pods.txt
kubectl -n weather describe service station | awk '$1 == "IP:" { print $2 }' > address.txt
