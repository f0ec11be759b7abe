# The newest number instead of the one that was asked for, and the image that runs now.
# caught-by: revision-found, image-found
cd /home/candidate/answers/timetable
kubectl -n timetable get deployment board -o jsonpath='{.metadata.annotations.deployment\.kubernetes\.io/revision}' > revision.txt
kubectl -n timetable get deployment board -o jsonpath='{.spec.template.spec.containers[0].image}' > image.txt
