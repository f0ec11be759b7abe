rm -rf /home/candidate/answers/radio
mkdir -p /home/candidate/answers/radio
