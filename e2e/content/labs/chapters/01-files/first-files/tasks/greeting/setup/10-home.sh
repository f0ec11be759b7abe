cd "$HOME"
rm -f greeting.txt
printf 'one\ntwo\nthree\n' > keep.txt
