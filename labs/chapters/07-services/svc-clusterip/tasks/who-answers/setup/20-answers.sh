rm -rf /home/candidate/answers/weather
mkdir -p /home/candidate/answers/weather
