cd "$HOME"
rm -f count.txt
printf 'one\ntwo\nthree\n' > keep.txt
