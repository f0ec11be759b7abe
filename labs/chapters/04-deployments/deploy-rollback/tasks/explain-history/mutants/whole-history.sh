# caught-by: revision-found, image-found
cd /home/candidate/answers/timetable
kubectl -n timetable rollout history deployment/board > revision.txt
kubectl -n timetable rollout history deployment/board --revision=2 > image.txt
