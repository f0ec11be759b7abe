# caught-by: answers
kubectl -n seats set selector service seats app=seats
kubectl -n seats patch service seats -p '{"spec":{"ports":[{"port":80,"targetPort":80}]}}'
