echo hello > "$HOME/greeting.txt"
