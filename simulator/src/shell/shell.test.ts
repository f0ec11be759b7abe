import { describe, expect, test } from 'vitest'
import { directory, file, type Mount } from '../containers/file-system.js'
import { empty } from '../containers/stream.js'
import { busybox, desk, runIn } from './testing.js'

const run = (script: string, mounts: Mount[] = []) => runIn(script, {}, mounts)

describe('shell', () => {
  test.each([
    ['echo hello', 'hello\n'],
    ['a=1; b=$((a + 2)); echo "$a-$b"', '1-3\n'],
    ['for n in 1 2 3; do echo $n; done | wc -l', '3\n'],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i', '3\n'],
    ['if grep -q root /etc/passwd; then echo yes; else echo no; fi', 'yes\n'],
    ['case web-1 in web-*) echo web;; *) echo other;; esac', 'web\n'],
    ['f() { echo "got $1"; return 3; }; f a; echo $?', 'got a\n3\n'],
    ['echo $(echo inner | tr a-z A-Z)', 'INNER\n'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's own expansion
    ['x=/a/b/c.txt; echo ${x##*/} ${x%/*} ${x%.txt} ${y:-none} ${#x}', 'c.txt /a/b /a/b/c none 10\n'],
    ['cat <<EOF\nhi $HOME\nEOF', 'hi /root\n'],
    ["cat <<'EOF'\nhi $HOME\nEOF", 'hi $HOME\n'],
    ['echo a > /tmp/x; echo b >> /tmp/x; cat /tmp/x', 'a\nb\n'],
    ['(cd /tmp; pwd); pwd', '/tmp\n/\n'],
    ['set -- a b c; shift; echo "$#:$*"', '2:b c\n'],
    ['echo one two | { read a b; echo "$b $a"; }', 'two one\n'],
    ['false || echo rescued; true && echo done', 'rescued\ndone\n'],
    ['printf "%s=%03d\\n" n 7', 'n=007\n'],
    ['echo "a b" | awk \'{print $2}\'; echo x=1 | cut -d= -f2; echo aXb | sed s/X/-/', 'b\n1\na-b\n'],
    ['cd /etc; ls | grep passwd; echo /et*/pass*', 'passwd\n/etc/passwd\n'],
    ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
    ['yes tick | head -n 2; yes | while read -r line; do echo $line; break; done', 'tick\ntick\ny\n'],
  ])('%s', async (script, out) => {
    expect(await run(script)).toMatchObject({ out, err: '' })
  })

  test('what is not there is told as BusyBox tells it', async () => {
    expect(await run('nope')).toEqual({ code: 127, out: '', err: 'sh: nope: not found\n' })
    expect(await run('cat /missing')).toMatchObject({ code: 1, err: "cat: can't open '/missing': No such file or directory\n" })
    expect(await run('if')).toMatchObject({ code: 2 })
  })

  test('set -e leaves at the first failure, and not inside a condition', async () => {
    expect(await run('set -e; if false; then :; fi; echo a; false; echo b')).toMatchObject({ code: 1, out: 'a\n' })
  })

  test('a loop that never ends prints while it runs, on the clock of the cluster, and ends when it is killed', async () => {
    const { container, clock, log } = busybox(['sh', '-c', 'while true; do echo tick; sleep 5; done'])
    await clock.advance(11_000)
    expect(log.lines().map((line) => line.text)).toEqual(['tick\n', 'tick\n', 'tick\n'])
    container.kill()
    expect(await container.exited).toBe(137)
  })
})

describe('what never ends', () => {
  test('grep, sed and awk print while lines come, and end when nobody reads any more', async () => {
    expect((await run('yes | grep y | head -n 2')).out).toBe('y\ny\n')
    expect((await run("yes | sed 's/y/n/' | head -n 2")).out).toBe('n\nn\n')
    expect((await run("yes a b | awk '{print $2}' | grep b | head -n 1")).out).toBe('b\n')
    expect((await run('yes | grep -q y && echo found')).out).toBe('found\n')
    expect((await run('yes | grep -m 3 -c y')).out).toBe('3\n')
  })

  test('the last line is known as the last', async () => {
    expect((await run("seq 3 | sed -n '$p'")).out).toBe('3\n')
    expect((await run("seq 3 > /tmp/f; sed -i '$d' /tmp/f; cat /tmp/f")).out).toBe('1\n2\n')
  })

  test('what has to be read as a whole has a limit', async () => {
    expect(await run('yes | sort')).toMatchObject({ code: 1, err: 'sort: out of memory\n' })
    expect((await run('seq 130000 | sort -n | tail -n 1')).out).toBe('130000\n')
    expect((await run('x=$(yes | cat)')).err).toContain('Cannot allocate memory')
  })

  test('a program that only writes lets others have a turn, and ends when it is killed', async () => {
    const { container } = busybox()
    const killed = new AbortController()
    const streams = { stdin: empty, stdout: { write: () => {} }, stderr: { write: () => {} } }
    const ended = container.exec(['seq', '1000000000000'], streams, killed.signal)
    setTimeout(() => killed.abort('SIGKILL'))
    expect(await ended).toBe(137)
  })
})

test('kill reaches process 1 where it listens, and nobody else', async () => {
  const at = async (argv: string[], script: string) => {
    const { container } = busybox(argv)
    let err = ''
    const stderr = {
      write(data: string) {
        err += data
      },
    }
    await new Promise((resolve) => setImmediate(resolve))
    await container.exec(['sh', '-c', script], { stdin: empty, stdout: stderr, stderr }, new AbortController().signal)
    const running = Symbol('running')
    const ended = await Promise.race([container.exited, new Promise((resolve) => setImmediate(() => resolve(running)))])
    return { ended: ended === running ? 'runs' : ended, err }
  }
  const listening = ['sh', '-c', 'trap "exit 3" TERM; while true; do sleep 1; done']
  expect(await at(listening, 'kill 1')).toMatchObject({ ended: 3 })
  expect(await at(listening, 'kill -9 1')).toMatchObject({ ended: 'runs' })
  expect(await at(['sleep', 'infinity'], 'kill -s TERM 1')).toMatchObject({ ended: 'runs' })
  expect((await at(['sleep', 'infinity'], 'kill 99')).err).toBe("kill: can't kill pid 99: No such process\n")
})

describe('tar', () => {
  test('packs and unpacks a tree with its modes, links and long names', async () => {
    const long = 'x'.repeat(120)
    const made = `mkdir -p /a/b; echo one > /a/one; echo two > /a/b/${long}; chmod 700 /a/b; ln -s one /a/link`
    const { out, err, code } = await run(
      `${made}; cd /; tar cf - a | tar -xf - -C /tmp; cat /tmp/a/link /tmp/a/b/${long}; ls -l /tmp/a; tar -tf - < /dev/null`,
    )
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('one\ntwo\n')
    expect(out).toMatch(/drwx------ .* b$/m)
  })

  test('unpacks nothing outside of its folder, and says what is no archive', async () => {
    const { out, err } = await run(
      'mkdir /in; cd /in; echo x > ../out; tar cf /t.tar ../out; rm ../out; tar xf /t.tar; ls /; echo no | tar xf -; seq 1 1000 | tar xf -',
    )
    expect(out).not.toMatch(/^out$/m)
    expect(err).toBe('tar: short read\ntar: invalid tar magic\n')
  })

  test('what is missing ends with a complaint', async () => {
    const { code, err } = await run('tar cf /t.tar /nosuch')
    expect([code, err]).toEqual([
      1,
      "tar: /nosuch: No such file or directory\ntar: removing leading '/' from member names\ntar: error exit delayed from previous errors\n",
    ])
  })
})

describe('file systems', () => {
  const mounts = (): Mount[] => [
    { path: '/data', root: directory({ big: file('x'.repeat(10_000)), small: file('y') }), readOnly: false },
    { path: '/cache', root: directory({ one: file('z'.repeat(1024 * 1024)) }), readOnly: false, memory: { limitBytes: 4 << 20 } },
    { path: '/secret', root: directory({ token: file('t') }), readOnly: true, memory: {} },
  ]

  test('du counts whole blocks of files and folders', async () => {
    expect((await run('du -s /data; du -a /data; cd /data; du -sh .', mounts())).out).toBe(
      '20\t/data\n12\t/data/big\n4\t/data/small\n20\t/data\n20.0K\t.\n',
    )
    expect(await run('du /nothing')).toMatchObject({ code: 1, err: 'du: /nothing: No such file or directory\n' })
  })

  test('df shows the disk of the node and what is in memory', async () => {
    const { out } = await run('df /cache; df -h /secret/token; df /data | tail -1', mounts())
    const [, cache, , secret, data] = out.trim().split('\n')
    expect(cache).toBe('tmpfs                     4096      1024      3072  25% /cache')
    expect(secret).toBe('tmpfs                     4.0G      4.0K      4.0G   1% /secret')
    expect(data).toMatch(/^\/dev\/vda1 +104857600 +\d+ +\d+ +\d+% \/data$/)
    const used = async (script: string) => Number((await run(`${script}; df / | tail -1`)).out.split(/ +/)[2])
    expect(await used('yes | head -n 20480 > /tmp/file')).toBe((await used('true')) + 40)
  })

  test('mount lists what is mounted, and mounts nothing', async () => {
    const { out } = await run('mount', mounts())
    expect(out).toMatch(/^overlay on \/ type overlay \(rw,relatime\)\nproc on \/proc type proc /)
    expect(out).toContain('/dev/vda1 on /data type ext4 (rw,relatime)\n')
    expect(out).toContain('tmpfs on /secret type tmpfs (ro,relatime)\n')
    expect((await run('mount -t tmpfs', mounts())).out.split('\n')).toHaveLength(4)
    expect(await run('mount -t tmpfs none /mnt')).toMatchObject({ code: 1, err: 'mount: permission denied (are you root?)\n' })
  })
})

describe('programs that draw the screen', () => {
  test('vi gets every key, writes its file and gives the keyboard back', async () => {
    const { container, ended, shown, type } = desk()
    await type('vi /tmp/note\r')
    await shown("'/tmp/note' [New file]")
    await type('ihello\x03')
    await shown('- /tmp/note [Modified] 1/1 100%')
    await type('oworld\x1b:wq\r')
    await shown('# ')
    expect(container.machine.fs.read('/tmp/note')).toBe('hello\nworld\n')
    await type('vi /etc/hostname\r')
    await shown('/etc/hostname')
    await type('dd:q\r')
    await shown('No write since last change')
    await type(':q!\r')
    await shown('# ')
    await type('echo back\r')
    await shown('back\r\n')
    await type('exit\r')
    expect(await ended).toBe(0)
  })

  test('a shell that a script becomes has the terminal, as k9s opens one; one that reads a file has not', async () => {
    const { ended, shown, type } = desk(['sh', '-c', 'command -v bash >/dev/null && exec bash || exec sh'])
    await shown('# ')
    await type("echo 'echo from the file' > /tmp/script; sh < /tmp/script; echo then\r")
    await shown('from the file\r\nthen\r\n')
    await type('exit 3\r')
    expect(await ended).toBe(3)
  })

  test('top draws itself anew until q', async () => {
    const { clock, ended, shown, type } = desk()
    await type('top\r')
    await shown('  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND')
    await clock.advance(5000)
    await shown('    1     0 root     S     1316   0%   0   0% sleep infinity')
    await type('q')
    await shown('# ')
    await type('exit\r')
    expect(await ended).toBe(0)
    expect((await run('top -b -n 1 | wc -l')).out).toBe('8\n')
  })
})
