import { describe, expect, test } from 'vitest'
import { runIn } from '../../testing.js'

const PODS = `NAME READY STATUS RESTARTS AGE
web-1 1/1 Running 0 5m
web-2 0/1 CrashLoopBackOff 12 5m
db-0 1/1 Running 3 2h
`
const out = async (script: string) => {
  const { out: text, err, code } = await runIn(script, { '/tmp/pods': PODS, '/tmp/passwd': 'root:x:0:0\nnobody:x:65534:65534\n' })
  return err || code ? `${text}[${err.trim()}] ${code}` : text
}

describe('awk', () => {
  test.each([
    [`awk 'NR>1 {print $1, $3}' /tmp/pods`, 'web-1 Running\nweb-2 CrashLoopBackOff\ndb-0 Running\n'],
    [`awk '$3 != "Running" && NR > 1 {print $1}' /tmp/pods`, 'web-2\n'],
    [`awk '/web/ && $4 > 5' /tmp/pods`, 'web-2 0/1 CrashLoopBackOff 12 5m\n'],
    [`awk '{s += $4} END {print "restarts:", s, s/NR}' /tmp/pods`, 'restarts: 15 3.75\n'],
    [`awk -F: '{print $1 "=" $NF}' /tmp/passwd`, 'root=0\nnobody=65534\n'],
    [`awk -F: -v OFS=- '$3 >= 1000 {$2 = "y"; print}' /tmp/passwd`, 'nobody-y-65534-65534\n'],
    [`awk 'NR>1 {n[$3]++} END {for (s in n) print s, n[s]}' /tmp/pods`, 'Running 2\nCrashLoopBackOff 1\n'],
    [`awk 'BEGIN {for (i = 1; i <= 3; i++) {if (i == 2) continue; printf "%02d;", i} print ""}'`, '01;03;\n'],
    [`awk 'BEGIN {printf "%-6s|%5.2f|%d%%\\n", "ab", 3.14159, 42}'`, 'ab    | 3.14|42%\n'],
    [`echo 'a,b;c' | awk '{n = split($0, p, /[,;]/); print n, p[3], toupper(p[1]), length($0), substr($0, 3)}'`, '3 c A 5 b;c\n'],
    [`echo 'x1y22' | awk '{gsub(/[0-9]+/, "<&>"); print; sub(/<1>/, ""); print}'`, 'x<1>y<22>\nxy<22>\n'],
    [`awk '/web-1/,/web-2/ {print NR ": " $1}' /tmp/pods`, '2: web-1\n3: web-2\n'],
    [`awk '$1 ~ /^db/ {print ($4 > 2 ? "many" : "few"); exit 3}' /tmp/pods`, 'many\n[] 3'],
    [`awk 'BEGIN {while (i < 3) i++; print i; print 2^10 % 7, -3 + 1, 7/2, !0}'`, '3\n2 -2 3.5 1\n'],
    [`awk 'NF' /tmp/pods | wc -l`, '4\n'],
    [`awk '!seen[$3]++ {print $3}' /tmp/pods`, 'STATUS\nRunning\nCrashLoopBackOff\n'],
    [`awk '{print $(NF-1)}' /tmp/pods | tail -1`, '3\n'],
    [`awk 'BEGIN {print ENVIRON["HOME"], index("kube", "b"), match("abc", /b/), int(3.9)}'`, '/root 3 2 3\n'],
    [`awk 'NR==2 {print > "/tmp/one"}' /tmp/pods; cat /tmp/one`, 'web-1 1/1 Running 0 5m\n'],
    [`awk '{print'`, "[awk: cmd. line:1: syntax error near 'the end'] 1"],
  ])('%s', async (script, expected) => {
    expect(await out(script)).toBe(expected)
  })

  test('an endless program ends with its reader', async () => {
    expect(await out(`awk 'BEGIN {while (1) print "y"}' | head -n 2`)).toBe('y\ny\n')
  })
})

describe('grep', () => {
  test.each([
    [`printf 'ab\\nabcd\\n' | grep -oE 'ab|abcd'`, 'ab\nabcd\n'],
    [`echo 'a+b a.b' | grep -o 'a+b'; echo aab | grep -o 'a\\+'; echo 'a{2}' | grep -oE 'a\\{2'`, 'a+b\naa\na{2\n'],
    [`echo 'x[y]' | grep -o 'x[]x[]'; echo 'a\\b' | grep -c '[\\]'`, 'x[\n1\n'],
    [`printf 'foo\\nfoobar\\n' | grep -w foo; printf 'ab\\nabc\\n' | grep -x ab`, 'foo\nab\n'],
    [`echo abcabc | grep -E '(abc)\\1'; echo $?`, 'abcabc\n0\n'],
    [`echo x | grep '['; echo $?`, "2\n[grep: bad regex '[': unmatched [] 0"],
    [`echo Tab | grep -i '^[[:lower:]]'`, 'Tab\n'],
  ])('%s', async (script, expected) => {
    expect(await out(script)).toBe(expected)
  })

  test('no expression takes longer than the text is long', async () => {
    const line = `${'a'.repeat(20_000)}!\n`
    const files = { '/tmp/line': line }
    expect((await runIn(`grep -cE '^(a+)+$' /tmp/line; grep -ciE '(x+x+)+y' /tmp/line`, files)).out).toBe('0\n0\n')
    expect((await runIn(`awk '/^(a+)+$/' /tmp/line; sed -nE '/(a|aa)+$/p' /tmp/line`, files)).out).toBe('')
  })
})

describe('sed', () => {
  test.each([
    [`sed -n '2,3p' /tmp/pods | cut -d' ' -f1`, 'web-1\nweb-2\n'],
    [`sed '1d;$d' /tmp/pods | wc -l`, '2\n'],
    [`sed -n '/web/!p' /tmp/pods | wc -l`, '2\n'],
    [`echo a/b/c | sed 's#/#-#g; s/-c$/;d/'`, 'a-b;d\n'],
    [`echo aaa | sed 's/a/b/2'`, 'aba\n'],
    [`echo hello world | sed -E 's/(\\w+) (\\w+)/\\2 \\1/'`, 'world hello\n'],
    [`seq 3 | sed '2i\\before' | sed '$a after' | tr '\\n' ' '`, '1 before 2 3 after '],
    [`seq 3 | sed '2c\\two' | tr '\\n' ' '`, '1 two 3 '],
    [`seq 5 | sed 2q`, '1\n2\n'],
    [`seq 4 | sed -n '/2/,+1p'`, '2\n3\n'],
    [`seq 4 | sed -n -e 1p -e 3p`, '1\n3\n'],
    [`seq 4 | sed 'N;s/\\n/,/'`, '1,2\n3,4\n'],
    [`seq 4 | sed -n '2{s/2/two/;p}'`, 'two\n'],
    [`echo abc | sed y/abc/xyz/`, 'xyz\n'],
    [`echo k: v > /tmp/f; sed -i.bak 's/v/w/' /tmp/f; cat /tmp/f /tmp/f.bak`, 'k: w\nk: v\n'],
    [`seq 3 | sed 's/2/&\\n&/'`, '1\n2\n2\n3\n'],
    [`seq 3 | sed G | wc -l`, '6\n'],
    [`sed 's/a' /tmp/pods`, "[sed: unmatched '/'] 1"],
    [`seq 4 | sed ':a;N;$!ba;s/\\n/,/g'`, '1,2,3,4\n'],
    [`seq 3 | sed -n -e '/2/{s//two/;t end;s/^/never/;:end' -e 'p;}'`, 'two\n'],
    [`printf 'a\\nb\\nc\\n' | sed -n '$!N;P;D'`, 'a\nb\nc\n'],
    [`seq 3 | sed 2Q`, '1\n'],
    [`seq 2 > /tmp/a; seq 3 4 > /tmp/b; sed -n '$=' /tmp/a /tmp/b`, '4\n'],
    [`echo aab | sed 's/a*/x/g'; echo baaac | sed 's/a*/x/g'`, 'xbx\nxbxcx\n'],
    [`echo 'a.b' | sed 's/[.]/-/; s/\\(a\\)-\\(b\\)/\\2\\1/'`, 'ba\n'],
    [`printf 'a\\tb\\n' | sed -n l`, 'a\\tb$\n'],
    [`echo x | sed 'b nowhere'`, "[sed: can't find label for jump to 'nowhere'] 1"],
    [`echo abab | sed 's/\\(ab\\)\\1/twice/'`, 'twice\n'],
  ])('%s', async (script, expected) => {
    expect(await out(script)).toBe(expected)
  })
})
