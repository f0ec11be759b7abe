# caught-by: answers-saved
cd /home/candidate/answers/customs
printf '1 yes\n2 no\n3 yes\n4 no\n5 no\n' > answers.txt
echo night-shift > binding.txt
