# caught-by: errors-saved
kubectl -n radio logs receiver --all-containers | grep ERROR > /home/candidate/answers/radio/errors.txt
