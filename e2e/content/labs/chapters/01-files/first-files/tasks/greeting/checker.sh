# machine: base
# Prints the verdict of the task "greeting" as JSON: expected and found in the words of the message catalogue.
cd "$HOME"

# result CHECK STATUS HOLDS SUBJECT EXPECTED FOUND COMMAND
result() {
  local message='{"key":"%s","values":{"value":"%s"}}'
  printf '{"check":"%s","status":"%s","evidence":[{"holds":%s,' "$1" "$2" "$3"
  printf '"subject":{"key":"subject.file","values":{"path":"%s","machine":"base"}},' "$4"
  printf "\"expected\":$message,\"found\":$message," expected.is "$5" found.value "$6"
  printf '"seeWith":"%s"}]}' "$7"
}

greeting=$(cat greeting.txt 2>/dev/null || true)
kept=$(tr '\n' ' ' < keep.txt 2>/dev/null || true)

printf '{"checks":['
if [ -f greeting.txt ]; then
  result file-exists passed true greeting.txt 'a file' 'a file' 'ls greeting.txt'
else
  result file-exists not-yet false greeting.txt 'a file' 'nothing' 'ls greeting.txt'
fi
printf ','
if [ "$greeting" = hello ]; then
  result file-greets passed true greeting.txt hello hello 'cat greeting.txt'
elif [ -f greeting.txt ]; then
  result file-greets failed false greeting.txt hello "$greeting" 'cat greeting.txt'
else
  result file-greets not-yet false greeting.txt hello 'nothing' 'cat greeting.txt'
fi
printf ','
if [ "$kept" = 'one two three ' ]; then
  result keep-unchanged passed true keep.txt 'one two three' 'one two three' 'cat keep.txt'
else
  result keep-unchanged failed false keep.txt 'one two three' "${kept% }" 'cat keep.txt'
fi
printf ']}\n'
