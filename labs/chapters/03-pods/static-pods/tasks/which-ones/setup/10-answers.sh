rm -rf /home/candidate/answers/tally
mkdir -p /home/candidate/answers/tally
