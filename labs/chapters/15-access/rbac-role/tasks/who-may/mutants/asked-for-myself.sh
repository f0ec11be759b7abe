# Without --as it is one's own permissions that are told: those of an administrator.
# caught-by: answers-saved, binding-saved
cd /home/candidate/answers/customs
for what in "update configmaps" "delete pods" "delete pods" "get secrets" "delete configmaps"; do
  kubectl -n customs auth can-i $what
done > answers.txt
kubectl -n customs get rolebindings -o name | grep night-shift > binding.txt
