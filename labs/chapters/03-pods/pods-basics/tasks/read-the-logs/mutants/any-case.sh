# caught-by: errors-saved
kubectl -n radio logs receiver -c decoder | grep -i error > /home/candidate/answers/radio/errors.txt
