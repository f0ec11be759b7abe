# caught-by: last-words-saved
kubectl -n radio logs buoy-3 --previous > /home/candidate/answers/radio/last-words.txt
