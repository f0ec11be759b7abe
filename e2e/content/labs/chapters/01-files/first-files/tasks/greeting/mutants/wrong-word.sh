# caught-by: file-greets
echo bye > "$HOME/greeting.txt"
