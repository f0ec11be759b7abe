# caught-by: counts-three
echo 4 > "$HOME/count.txt"
