// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the shell's own expansion
import { describe, expect, test } from 'vitest'
import { runIn } from './testing.js'

const out = async (script: string, files: Record<string, string> = {}) => {
  const { out: text, err, code } = await runIn(script, files)
  return err || code ? `${text}[${err.trim()}] ${code}` : text
}

describe('arithmetic', () => {
  test.each([
    ['echo $((0x1F + 010)) $((1 << 40)) $((2 ** 3 ** 2))', '39 1099511627776 512\n'],
    ['x=1; echo $((0 && x++)) $((1 || x++)) $((1 ? 5 : x++)) $x', '0 1 5 1\n'],
    ['x=6; echo $((x &= 3)) $((x <<= 4)) $((x, 7)) $((9223372036854775807 + 1))', '2 32 7 -9223372036854775808\n'],
    ['echo $((08))', '[sh: arithmetic syntax error] 2'],
    ['echo $((1 / 0)); echo never', '[sh: divide by zero] 2'],
  ])('%s', async (script, expected) => {
    expect(await out(script)).toBe(expected)
  })
})

test('read takes any word, also one that comes late', async () => {
  expect(await out('echo late | { read x; echo "$? $x"; }')).toBe('0 late\n')
})

describe('tests', () => {
  test.each([
    ['[ abc = "a*" ]; echo $?', '1\n'],
    ['[[ abc == a* && 1 -eq 1 ]]; echo $?', '0\n'],
    ['[[ abc == "a*" ]]; echo $?', '1\n'],
    ['[[ abc =~ ^a.c$ || 1 -eq 2 ]]; echo $?', '0\n'],
    ['[ ! -e /no -a \\( 1 -lt 2 -o 2 -lt 1 \\) ]; echo $?', '0\n'],
    ['[ x -eq 1 ]; echo $?', '2\n[sh: x: bad number] 0'],
    ['[ 1 -eq 1; echo $?', '2\n[sh: missing ]] 0'],
    ['[ -c /dev/null ]; echo $?; test -n ""; echo $?', '0\n1\n'],
  ])('%s', async (script, expected) => {
    expect(await out(script)).toBe(expected)
  })
})

describe('patterns', () => {
  test.each([
    ['x=/a/b/c.tar.gz; echo ${x##*/} ${x%.*} ${x%%.*} ${x#*/}', 'c.tar.gz /a/b/c.tar /a/b/c a/b/c.tar.gz\n'],
    ['x=aXbXc; echo ${x/X/-} ${x//X/-} ${x//[[:upper:]]/_} ${x/#a/1} ${x/%c/9}', 'a-bXc a-b-c a_b_c 1XbXc aXbX9\n'],
    ['x=a.b.c; y=.c; echo "${x%.*}" "${x#*.}" "${x%$y}"', 'a.b b.c a.b\n'],
    ['x=\'a*b\'; echo "${x%\'*\'*}" "${x#a\\*}"', 'a b\n'],
    ['case "a]b" in a[]]b) echo yes;; esac; case x in [!a-w]) echo no;; esac', 'yes\nno\n'],
    ['echo $(case a in a) echo one;; esac) $(echo "(")', 'one (\n'],
  ])('%s', async (script, expected) => {
    expect(await out(script)).toBe(expected)
  })

  test('with many stars take no longer than the text is long', async () => {
    const many = 'a*'.repeat(30)
    expect(await out(`x=${'a'.repeat(2000)}; case $x in ${many}b) echo yes;; *) echo no;; esac`)).toBe('no\n')
  })
})

describe('options and names', () => {
  test.each([
    ['set -o pipefail; false | true; echo $?; set +o pipefail; false | true; echo $?', '1\n0\n'],
    ['set -euo pipefail; echo $-; false | cat; echo never', 'eu\n[] 1'],
    ['set -q; echo never', '[sh: set: illegal option -q] 2'],
    ['set -a; X=1; set +a; env | grep ^X=', 'X=1\n'],
    ['readonly x=1; x=2; echo never', '[sh: x: is read only] 2'],
    ['f() { local x=2; echo $x; }; x=1; f; echo $x; local y', '2\n1\n[sh: local: not in a function] 2'],
    ['while getopts ":ab:" o -a -b 7 -c rest; do echo $o $OPTARG; done; echo $OPTIND', 'a\nb 7\n? c\n5\n'],
    ['set -- a "b c"; shift; echo $# "$1"; shift 5; echo $?', '1 b c\n1\n'],
    ['break; echo on', 'on\n'],
    ['sh -eo pipefail -c "false | true; echo never"; echo $?', '1\n'],
    ['trap "echo bye" 0; trap; exit 3', "trap -- 'echo bye' EXIT\nbye\n[] 3"],
    ['trap x NOPE; echo $?', '1\n[sh: trap: NOPE: invalid signal specification] 0'],
    ['wait 4711; echo $?', '127\n'],
  ])('%s', async (script, expected) => {
    expect(await out(script)).toBe(expected)
  })
})

describe('redirections', () => {
  test.each([
    ['exec 3</tmp/f; read a <&3; read b <&3; echo $a $b', 'one two\n'],
    ['exec >/tmp/log; echo hidden; exec 2>&1; ls /no; cat /tmp/log >/dev/null', ''],
    ['(exec >/tmp/log; echo in); echo out; cat /tmp/log', 'out\nin\n'],
    ['{ echo a; echo b >&2; } 2>&- ', 'a\n'],
    ['echo x 3>/tmp/three >&3; cat /tmp/three', 'x\n'],
    ['echo x >&7', '[sh: 7: Bad file descriptor] 1'],
    ['cat 0<<END\nhere\nEND', 'here\n'],
    ['printf abc | { read -n 2 x; read y; echo $x $y; }', 'ab c\n'],
    ["printf 'a:b' | { read -d : x; echo $x; }", 'a\n'],
    ["printf 'a\\\\\\nb\\n' | { read x; echo $x; }", 'ab\n'],
    ['printf x | { read x; echo $? $x; }', '1 x\n'],
    ['echo a | read -q x; echo $?', '2\n[sh: read: illegal option -q] 0'],
  ])('%s', async (script, expected) => {
    expect((await out(script, { '/tmp/f': 'one\ntwo\n' })).replace(/ls: .*/, '')).toBe(expected)
  })
})

describe('what runs away', () => {
  test('ends: a function that calls itself, forks without end, words that double', async () => {
    expect(await out('f() { f; }; f; echo never')).toBe('[Segmentation fault] 139')
    expect((await runIn('f() { f | f; }; f')).err).toContain("can't fork")
    expect((await runIn('f() { f | f & wait; }; f')).err).toContain("can't fork")
    expect(await out('x=abcdefgh; while :; do x=$x$x; done')).toBe('[sh: out of memory] 2')
    expect(await out('set -- a b; while :; do set -- "$@" "$@"; done')).toBe('[sh: Argument list too long] 2')
    expect(await out("printf '%999999999s' x")).toBe('[printf: out of memory] 1')
  })

  test('a script that starts itself ends', async () => {
    const { code, err } = await runIn('chmod +x /tmp/a.sh; /tmp/a.sh', { '/tmp/a.sh': '/tmp/a.sh\n' })
    expect([code, err]).toEqual([1, "sh: can't fork: Resource temporarily unavailable\n"])
  })
})

describe('printf and expr', () => {
  test.each([
    ["printf '%05d|%-5s|%+d|%x|%o|%c\\n' 42 ab 7 255 8 xyz", '00042|ab   |+7|ff|10|x\n'],
    ["printf '%.2f %e %g %s\\n' 3.14159 1234.5 0.0001 end", '3.14 1.234500e+03 0.0001 end\n'],
    ["printf '%s-%s\\n' a b c", 'a-b\nc-\n'],
    ["printf '%*d|%.3s\\n' 5 42 abcdef", '   42|abc\n'],
    ["printf '%d\\n' abc; echo $?", "0\n1\n[printf: invalid number 'abc'] 0"],
    ["printf 'a\\cb' ", 'a'],
    ['expr 1 + 2 \\* 3; expr abc : "a\\(.\\)"; expr length hello; expr 3 \\> 5', '7\nb\n5\n0\n[] 1'],
    ["printf '%q' a", '[printf: %q: invalid format] 1'],
    ['seq 1 0.5 2; seq x', "1.0\n1.5\n2.0\n[seq: invalid number 'x'] 1"],
    ['date -d @0 +%F_%R_%j_%A', '1970-01-01_00:00_001_Thursday\n'],
    ["echo $'a\\tb'; echo abc > /tmp/q; wc -l /tmp/q", 'a\tb\n1 /tmp/q\n'],
    ['awk \'BEGIN {printf "%.1f %.1f", 2.25, 2.35}\'', '2.2 2.4'],
    [
      'grep -z x /etc/passwd 2>&1 | head -n 1 >&2; echo a:b | cut -f 2>&1 | head -n 1 >&2; false',
      "[grep: invalid option -- 'z'\ncut: option requires an argument -- 'f'] 1",
    ],
    ['expr 1 +', '[expr: syntax error] 2'],
    ['expr a + 1', '[expr: non-numeric argument] 2'],
    ['timeout 1m echo ok; timeout x echo; echo $?', "ok\n1\n[timeout: invalid number 'x'] 0"],
    ['basename /a/b.txt .txt; basename /a/bXtxt .txt', 'b\nbXtxt\n'],
  ])('%s', async (script, expected) => {
    expect(await out(script)).toBe(expected)
  })
})
