import { expect, test } from 'vitest'
import { desk } from './testing.js'

test('Tab completes commands and files as far as they are certain, and shows what there is', async () => {
  const { shown, type } = desk()
  await type('echo one > /tmp/first-file; echo two > /tmp/first-folder\r')
  await shown('# ')
  await type('cat /tm\tfirst-fi\t')
  await shown('cat /tmp/first-file ')
  await type('\x15hostn\t')
  await shown('hostname ')
  await type('\x15cat /tmp/fi\t\t')
  await shown('first-file    first-folder\r\n')
})

test('a line that is longer than the screen is drawn on as many rows as it takes', async () => {
  const { shown, type } = desk()
  await type(`echo ${'a'.repeat(90)}\x01\x0b`)
  // From the start of the second row up to the prompt, then what is below it goes.
  await shown('\x1b[1A\r\x1b[J')
})

test('programs read corrected lines; what they leave unread is typed for the next command', async () => {
  const { container, shown, type } = desk()
  await type('cat > /tmp/note\r')
  await shown('cat > /tmp/note\r\n')
  await type('helo\x7flo\r')
  await type('\x04')
  await shown('# ')
  expect(container.machine.fs.read('/tmp/note')).toBe('hello\n')
  await type('true; true\recho typed ahead\r')
  await shown('\r\ntyped ahead\r\n')
})

test('Ctrl+C shows itself, ends what runs and leaves its status; history tells what was typed', async () => {
  const { shown, type } = desk()
  await type('sleep 100\r')
  await shown('sleep 100\r\n')
  await type('\x03')
  await shown('^C')
  await type('echo status $?; history\r')
  await shown('status 130\r\n   0 sleep 100\r\n   1 echo status $?; history\r\n')
  await type('fg\r')
  await shown('sh: fg: a simulated container has no job control\r\n')
})

test('ls stands in columns for who looks, in lines for who reads', async () => {
  const { shown, type } = desk()
  await type('mkdir /tmp/d; cd /tmp/d; touch a b; ls; ls | cat\r')
  await shown('\x1b[0;0ma\x1b[m  \x1b[0;0mb\x1b[m\r\na\r\nb\r\n')
})

test('a here-document is asked for line by line until its end', async () => {
  const { container, shown, type } = desk()
  await type('cat > /tmp/note <<EOF\r')
  await shown('> ')
  await type('one $((1+1))\rEOF\r')
  await shown('# ')
  expect(container.machine.fs.read('/tmp/note')).toBe('one 2\n')
})
