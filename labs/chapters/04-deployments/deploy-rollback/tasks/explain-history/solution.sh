kubectl -n timetable rollout history deployment/board
for revision in 1 2 4 5; do
  kubectl -n timetable rollout history deployment/board --revision=$revision
done
echo 4 > /home/candidate/answers/timetable/revision.txt
echo wheelhouse/app:1 > /home/candidate/answers/timetable/image.txt
kubectl -n timetable annotate deployment/board kubernetes.io/change-cause='refresh of 5 seconds overloaded the server'
