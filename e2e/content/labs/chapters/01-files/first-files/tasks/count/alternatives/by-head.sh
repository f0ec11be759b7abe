echo 3 > "$HOME/count.txt"
