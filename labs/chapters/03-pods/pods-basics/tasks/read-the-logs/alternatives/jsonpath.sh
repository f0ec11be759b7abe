cd /home/candidate/answers/radio
kubectl -n radio logs receiver -c decoder > whole.log
awk '/ERROR/' whole.log > errors.txt
kubectl -n radio get pods -l app=buoy -o jsonpath='{range .items[?(@.status.containerStatuses[0].restartCount>0)]}{.metadata.name} {.status.containerStatuses[0].lastState.terminated.exitCode}{end}' > restarted.txt
printf '%s' "$(kubectl -n radio logs buoy-3 -p | tail -n 1)" > last-words.txt
