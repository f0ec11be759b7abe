kubectl -n seats get endpointslices -l kubernetes.io/service-name=seats   # none: the selector
kubectl -n seats get pods --show-labels
kubectl -n seats set selector service seats app=seats,tier=backend
# The Service asks for a port called "web"; the container calls it "http".
kubectl -n seats patch service seats -p '{"spec":{"ports":[{"port":80,"targetPort":"http"}]}}'
