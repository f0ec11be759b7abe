# The rules were made to fit where one looks last: in the whole cluster.
# caught-by: rules-kept
cd /home/candidate/answers/customs
kubectl create clusterrolebinding otto-helps --clusterrole=edit --user=otto
printf 'yes\nyes\nyes\nno\nno\n' > answers.txt
echo night-shift > binding.txt
