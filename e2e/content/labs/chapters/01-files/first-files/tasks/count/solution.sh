wc -l < "$HOME/keep.txt" > "$HOME/count.txt"
