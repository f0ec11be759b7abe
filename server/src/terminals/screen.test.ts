import { afterEach, expect, test } from 'vitest'
import { Screen } from './screen.js'

const screens: Screen[] = []
afterEach(() => {
  for (const screen of screens.splice(0)) screen.dispose()
})

function makeScreen(size = { columns: 20, rows: 5 }) {
  const answers: string[] = []
  const colours = () => ({ foreground: '#e6e9ee', background: '#0b1220' })
  const screen = new Screen({ ...size, scrollback: 100, onAnswer: (answer) => answers.push(answer), colours })
  screens.push(screen)
  return { screen, answers }
}

/** Written into an empty screen, what a screen serialises to gives the same again. */
async function copyOf(screen: Screen): Promise<Screen> {
  const { screen: copy } = makeScreen(screen.size)
  await copy.write(screen.serialise())
  return copy
}

test.each([
  ['text with colours and scrollback', Array.from({ length: 30 }, (_, i) => `\x1b[3${i % 8}mline ${i}\x1b[0m\r\n`).join('')],
  ['a full-screen program', 'before\r\n\x1b[?1049h\x1b[2J\x1b[3;4Hinside\x1b[?1h\x1b[?2004h'],
  ['a hidden cursor', 'x\x1b[?25l'],
  ['a scroll region with the cursor in it', 'a\r\nb\r\nc\x1b[2;4r\x1b[3;2H'],
  ['wide characters and a wrapped line', '水水水水水水水水水水水水 and more of it'],
  ['mouse tracking', '\x1b[?1000h\x1b[?1006htop'],
])('a serialised screen gives the same screen: %s', async (_, output) => {
  const { screen } = makeScreen()
  await screen.write(output)
  const copy = await copyOf(screen)
  expect(copy.serialise()).toBe(screen.serialise())
})

test('a scroll region goes on working in the copy', async () => {
  const { screen } = makeScreen()
  await screen.write('top\r\n1\r\n2\r\n3\r\nbottom\x1b[2;4r\x1b[4;1H')
  const copy = await copyOf(screen)
  for (const one of [screen, copy]) await one.write('\n4')
  expect(copy.serialise()).toBe(screen.serialise())
  expect(copy.serialise()).toContain('top')
})

test('it answers what programs ask, colours included', async () => {
  const { screen, answers } = makeScreen()
  await screen.write('\x1b[c\x1b[6n\x1b]11;?\x07')
  expect(answers).toEqual(['\x1b[?1;2c', '\x1b[1;1R', '\x1b]11;rgb:0b0b/1212/2020\x1b\\'])
})

test('invalid UTF-8 and binary output leave it usable', async () => {
  const { screen } = makeScreen()
  await screen.write(Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)))
  await screen.write('\x18\x1bc\r\nstill here')
  expect(screen.serialise()).toContain('still here')
})

test('fewer lines of scrollback can be asked for', async () => {
  const { screen } = makeScreen()
  await screen.write(Array.from({ length: 60 }, (_, index) => `line${index}.\r\n`).join(''))
  expect(screen.serialise()).toContain('line0.')
  expect(screen.serialise(10)).not.toContain('line0.')
})

test('how the mouse reports is kept', async () => {
  const { screen } = makeScreen()
  await screen.write('\x1b[?1002h\x1b[?1006h')
  expect((await copyOf(screen)).serialise()).toContain('\x1b[?1006h')
})

test('a screen that is disposed of while it is written does not hold up the others', async () => {
  const { screen } = makeScreen()
  const { screen: other } = makeScreen()
  const writing = screen.write('x'.repeat(10_000))
  screen.dispose()
  await Promise.all([writing, screen.write('more'), other.write('fine')])
  expect(other.serialise()).toContain('fine')
})
