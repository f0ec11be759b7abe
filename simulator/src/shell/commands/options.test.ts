import { expect, test } from 'vitest'
import { lookUp } from '../../images/catalogue.js'
import { runIn } from '../testing.js'
import { readOptions } from './options.js'

const USAGE = '[-lr] [-n N] [--color[=WHEN]] [--spider] [--header STR] FILE...'
const read = (...args: string[]) => readOptions(args, USAGE, { long: { reverse: 'r', lines: 'n' } })

test('letters may stand together, the value of the last in the same word or the next', () => {
  expect(read('-lrn5', 'a').values.get('n')).toBe('5')
  expect(read('-ln', '5', 'a')).toMatchObject({ flags: new Set(['l']), operands: ['a'] })
})

test('long names, with their values behind a sign or in the next word', () => {
  const { flags, values } = read('--reverse', '--lines=3', '--header', 'a: b', '--color', '--spider', 'f')
  expect([...flags]).toEqual(['r', 'color', 'spider'])
  expect([...values]).toEqual([
    ['n', '3'],
    ['header', 'a: b'],
  ])
})

test.each([
  [['-Z', 'a'], "invalid option -- 'Z'"],
  [['--nonsense', 'a'], "unrecognized option '--nonsense'"],
  [['--l', 'a'], "unrecognized option '--l'"],
  [['a', '-n'], "option requires an argument -- 'n'"],
  [['--header'], "option '--header' requires an argument"],
  [['--spider=yes', 'a'], "option '--spider' doesn't allow an argument"],
  [['-l'], ''],
])('%j is refused', (args, message) => {
  expect(() => read(...args)).toThrow(expect.objectContaining({ message }))
})

test('what another program is given is its own', () => {
  expect(readOptions(['-i', 'ls', '-l', '-i'], '[-i] [PROG ARGS]').operands).toEqual(['ls', '-l', '-i'])
})

/** Every word is an operand to them, as it is to BusyBox'. */
const WITHOUT_OPTIONS = ['echo', 'printf', 'test', '[', 'true', 'false', 'yes', 'dirname', 'expr', 'clear']
/** They take what begins with a dash for a name, a signal or a number. */
const OTHERWISE: Record<string, string> = {
  ash: "sh: can't open '--nonsense': No such file or directory",
  busybox: '--nonsense: applet not found',
  chroot: "chroot: can't change root directory to '--nonsense': No such file or directory",
  find: 'find: unrecognized: --nonsense',
  kill: "kill: bad signal name '-nonsense'",
  killall: "killall: bad signal name '-nonsense'",
  nohup: "nohup: can't execute '--nonsense': No such file or directory",
  printenv: '',
  sh: "sh: can't open '--nonsense': No such file or directory",
  sleep: "sleep: invalid number '--nonsense'",
  usleep: "usleep: invalid number '--nonsense'",
  ifconfig: 'ifconfig: --nonsense: error fetching interface information: Device not found',
}
const USAGE_ALONE = ['ip', 'nslookup', 'dd', 'pkill']

const found = lookUp('busybox:1.37')
const names = found.found ? Object.keys(found.image.programs) : []

test.each(names.filter((name) => !WITHOUT_OPTIONS.includes(name)))('%s refuses an option that it does not have', async (name) => {
  const { code, err, out } = await runIn(`/bin/${name} --nonsense </dev/null`)
  const first = err.split('\n')[0]
  expect(out).toBe('')
  expect(code).toBeGreaterThan(0)
  if (OTHERWISE[name] !== undefined) expect(first).toBe(OTHERWISE[name])
  else if (USAGE_ALONE.includes(name)) expect(err).toContain('BusyBox v1.37.0 multi-call binary.\n\nUsage: ')
  else expect(err).toContain(`${name}: unrecognized option '--nonsense'\nBusyBox v1.37.0 multi-call binary.\n\nUsage: ${name}`)
})

test.each(names.filter((name) => ![...WITHOUT_OPTIONS, ...Object.keys(OTHERWISE), 'ps'].includes(name)))(
  '%s refuses a letter that it does not have',
  async (name) => {
    const { code, err, out } = await runIn(`/bin/${name} -Z </dev/null`)
    expect(out).toBe('')
    expect(code).toBe(['sort', 'grep', 'egrep', 'fgrep', 'diff', 'tty'].includes(name) ? 2 : 1)
    expect(err).toContain('BusyBox v1.37.0 multi-call binary.\n\nUsage: ')
  },
)

test('an option that is there and has no value, numbers that are none, and operands that are missing', async () => {
  const { out, err } = await runIn(`head -n; head -n abc /etc/passwd; mkdir 2>&1; cp a 2>&1 | head -1; ls --help 2>&1 | tail -1`)
  expect(err).toMatch(/^head: option requires an argument -- 'n'\nBusyBox[\s\S]*head: invalid number 'abc'\n$/)
  expect(out).toMatch(
    /^BusyBox v1\.37\.0 multi-call binary\.\n\nUsage: mkdir .*\nBusyBox v1\.37\.0 multi-call binary\.\nUsage: ls /,
  )
})
