# The same by reading, with other capitals and an empty line at the end.
cd /home/candidate/answers/customs
kubectl -n customs get roles,rolebindings -o yaml > rules.yaml
printf 'Yes\nno\nYes\nno\nno\n\n' > answers.txt
printf 'night-shift' > binding.txt
