# Applied from a file, with the port's number and one label of the two.
kubectl -n seats get service seats -o yaml | sed -e 's/app: seat$/app: seats/' -e '/tier: backend/d' -e 's/targetPort: web/targetPort: 8080/' \
  -e 's/name: web$/name: www/' > seats.yaml
kubectl replace -f seats.yaml
