cd /home/candidate/answers/radio
kubectl -n radio logs receiver -c decoder | grep ERROR > errors.txt
kubectl -n radio get pods          # the column RESTARTS: buoy-3
kubectl -n radio describe pod buoy-3 | grep -A 4 'Last State'
echo buoy-3 42 > restarted.txt
kubectl -n radio logs buoy-3 --previous --tail=1 > last-words.txt
