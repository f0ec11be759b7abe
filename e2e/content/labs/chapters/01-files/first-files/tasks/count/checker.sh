# machine: base
cd "$HOME"
found=$(tr -d ' \n' < count.txt 2>/dev/null || true)
status=failed
holds=false
[ -f count.txt ] || status=not-yet
if [ "$found" = 3 ]; then
  status=passed
  holds=true
fi
printf '{"checks":[{"check":"counts-three","status":"%s","evidence":[{"holds":%s,' "$status" "$holds"
printf '"subject":{"key":"subject.file","values":{"path":"count.txt","machine":"base"}},'
printf '"expected":{"key":"expected.is","values":{"value":"3"}},"found":{"key":"found.value","values":{"value":"%s"}},' "${found:-nothing}"
printf '"seeWith":"wc -l < keep.txt"}]}]}\n'
