# The log of the life after the restart, and the exit code that one expects of a container that runs.
# caught-by: restarted-named, last-words-saved
cd /home/candidate/answers/radio
echo buoy-3 0 > restarted.txt
kubectl -n radio logs buoy-3 --tail=1 > last-words.txt
