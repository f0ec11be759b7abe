printf "hello\n" > "$HOME/greeting.txt"
