# The account otto taken for the user otto, and the role for the binding.
# caught-by: answers-saved, binding-saved
cd /home/candidate/answers/customs
printf 'yes\nyes\nyes\nno\nno\n' > answers.txt
echo seizure > binding.txt
