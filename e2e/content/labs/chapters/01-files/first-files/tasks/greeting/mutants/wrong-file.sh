# caught-by: file-exists, keep-unchanged
echo hello >> "$HOME/keep.txt"
