rm -rf /home/candidate/answers/customs
mkdir -p /home/candidate/answers/customs
