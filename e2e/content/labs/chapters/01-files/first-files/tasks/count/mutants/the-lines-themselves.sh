# caught-by: counts-three
cp "$HOME/keep.txt" "$HOME/count.txt"
