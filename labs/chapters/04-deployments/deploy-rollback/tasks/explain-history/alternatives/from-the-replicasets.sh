# The history is made of the ReplicaSets, so they can be asked, and annotated, too.
cd /home/candidate/answers/timetable
revision='{.metadata.annotations.deployment\.kubernetes\.io/revision}'
kubectl -n timetable get replicasets -o jsonpath="{range .items[*]}$revision {.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].env[0].value} {.metadata.name}{'\n'}{end}" > all.txt
awk '$3 == 5 { print $1 }' all.txt > revision.txt
awk '$1 == 2 { printf "%s", $2 }' all.txt > image.txt
kubectl -n timetable annotate replicaset "$(awk '$1 == 5 { print $4 }' all.txt)" kubernetes.io/change-cause='refresh of 5 seconds overloaded the server'
rm all.txt
