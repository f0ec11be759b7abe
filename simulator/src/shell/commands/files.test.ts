import { expect, test } from 'vitest'
import { runIn } from '../testing.js'

const SETUP = `mkdir -p /tmp/d/sub; seq -w 8 12 > /tmp/d/a.txt; printf 'two x\n' > /tmp/d/sub/b.txt
printf '10 b\n9 a\n100 c\n9 a\n' > /tmp/nums; cd /tmp/d
`
const out = async (script: string) => {
  const { out: text, err, code } = await runIn(SETUP + script)
  return err || code ? `${text}[${err.trim()}] ${code}` : text
}

test.each([
  ['find . -name "*.txt" | sort', './a.txt\n./sub/b.txt\n'],
  ['find /tmp -maxdepth 1 -type f', '/tmp/nums\n'],
  ['find . -type f -exec basename {} \\;', 'a.txt\nb.txt\n'],
  ['find . -iname "B*" -exec cat {} +', 'two x\n'],
  ['find . ! -name "*.txt" -mindepth 1; find . -name a.txt -o -type d | wc -l', './sub\n3\n'],
  ['find . -name b.txt -delete; find . -empty; find . -size +1k -type f', './sub\n'],
  ['find . -print0 -type d | tr "\\0" " "', '. ./a.txt ./sub ./sub/b.txt '],
  ['find . -nonsense', '[find: unrecognized: -nonsense] 1'],
  ['head -n -3 a.txt; tail -n +5 a.txt; head -c 2 a.txt; tail -c 3 a.txt; tail -1 sub/b.txt', '08\n09\n12\n0812\ntwo x\n'],
  ['grep -n -A1 09 a.txt; grep -B1 12 a.txt', '2:09\n3-10\n11\n12\n'],
  ['grep -C1 -e 08 -e 12 a.txt', '08\n09\n--\n11\n12\n'],
  [
    'grep -L two a.txt sub/b.txt; grep -c 1 a.txt; grep -ow 1. a.txt | head -1; echo a1b22 | grep -oE "[0-9]+"',
    'a.txt\n3\n10\n1\n22\n',
  ],
  ['grep -rh two; grep -v 1 a.txt; grep -m1 1 a.txt; grep -qx 08 a.txt && echo whole', 'two x\n08\n09\n10\nwhole\n'],
  ['grep two none.txt', "[grep: can't open 'none.txt': No such file or directory] 2"],
  ['sort -k2 /tmp/nums | head -1; sort -k2,2r -k1,1n /tmp/nums | tr "\\n" ";"', '9 a\n100 c;10 b;9 a;9 a;'],
  ['sort -t: -k2n -u <<END\na:3\nb:1\nc:1\nEND', 'b:1\na:3\n'],
  ['printf "2K\\n1M\\n3\\n" | sort -h; sort -o /tmp/o -n /tmp/nums; tail -1 /tmp/o', '3\n2K\n1M\n100 c\n'],
  ['uniq -u /tmp/nums | wc -l; cut -sd: -f1 a.txt; wc -l a.txt sub/b.txt | tail -1', '4\n        6 total\n'],
  ['chmod u+x,go-r a.txt; stat -c "%A %a" a.txt; chmod 640 a.txt; stat -c %a a.txt', '-rwx------ 700\n640\n'],
  ['chmod nonsense a.txt', "[chmod: invalid mode 'nonsense'] 1"],
  ['ls -R; ls -p | head -2; ls -r', '.:\na.txt\nsub\n\n./sub:\nb.txt\na.txt\nsub/\nsub\na.txt\n'],
  ['dd if=/dev/zero of=big bs=1K count=1536 2>/dev/null; ls -lh big | cut -c30-45; ls -S | head -1', '          1.5M J\nbig\n'],
  [
    'diff a.txt a.txt && echo same; sed s/10/ten/ a.txt > c; diff a.txt c',
    'same\n--- a.txt\n+++ c\n@@ -1,5 +1,5 @@\n 08\n 09\n-10\n+ten\n 11\n 12\n[] 1',
  ],
  ['cat -n sub/b.txt; nl sub/b.txt; rev sub/b.txt; cat -A sub/b.txt', '     1\ttwo x\n     1\ttwo x\nx owt\ntwo x$\n'],
  [
    'hexdump -C sub/b.txt | head -1; od -c sub/b.txt | head -1',
    '00000000  74 77 6f 20 78 0a                                 |two x.|\n0000000   t   w   o       x  \\n\n',
  ],
  ['gzip a.txt; ls; gunzip a.txt.gz; head -1 a.txt; echo hi | gzip -c | zcat', 'a.txt.gz\nsub\n08\nhi\n'],
  [
    'printf "a b\\nc" | xargs -I{} echo "<{}>"; printf "a b\\0c" | xargs -0 -n1 echo; echo "\'x y\' z" | xargs -n1 echo',
    '<a b>\n<c>\na b\nc\nx y\nz\n',
  ],
  ['seq 2 | xargs -t echo 2>&1; true | xargs -r echo none; seq 3 | xargs -n2', 'echo 1 2\n1 2\n1 2\n3\n'],
  [
    'IFS=: read user _ rest < /etc/passwd; echo "$user $rest"; echo "a  b c" | { read x y; echo "$y"; }',
    'root 0:0:root:/root:/bin/sh\nb c\n',
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own expansion
  ['a=1; f() { local a=2 b=3; echo $a; }; f; echo $a${b-none}; X=1 true; echo "${X-unset}"', '2\n1none\nunset\n'],
  ['type cd ls nothing', 'cd is a shell builtin\nls is /bin/ls\n[nothing: not found] 127'],
  ['let "n = 3 * 4"; echo $n $((2 ** 5)); umask; ulimit -n', '12 32\n0022\n1048576\n'],
  [
    'date -u -d @0 +%F; date -d "2026-02-03 04:05" +%s; date -d nonsense',
    "1970-01-01\n1770091500\n[date: invalid date 'nonsense'] 1",
  ],
  [
    'seq -s, 3; seq 3 -1 1 | tr "\\n" " "; echo; echo hi | base64 -w0; free -h | head -2 | tail -1 | cut -c1-22',
    '1,2,3\n3 2 1 \naGkKMem:           8.0G   \n',
  ],
  ['realpath ../d/./a.txt; groups; busybox echo hi; tty', '/tmp/d/a.txt\nroot\nhi\nnot a tty\n[] 1'],
])('%s', async (script, expected) => {
  expect(await out(script)).toBe(expected)
})
