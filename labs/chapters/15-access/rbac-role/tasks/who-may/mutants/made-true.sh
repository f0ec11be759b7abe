# The answer is right, now that the rules have been made to fit.
# caught-by: rules-kept
cd /home/candidate/answers/customs
kubectl -n customs create rolebinding otto-helps --role=seizure --user=otto
printf 'yes\nyes\nyes\nno\nno\n' > answers.txt
echo night-shift > binding.txt
