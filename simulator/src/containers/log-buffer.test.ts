import { expect, test } from 'vitest'
import { LogBuffer } from './log-buffer.js'

test('a line without an end is kept in entries of 16 KiB, and reads as one', () => {
  const log = new LogBuffer()
  for (let index = 0; index < 40; index++) log.write('x'.repeat(1000), index)
  log.write('end\nnext', 50)
  const texts = log.lines().map(({ text }) => text)
  expect(texts.map(({ length }) => length)).toEqual([16384, 16384, 40_004 - 2 * 16384, 4])
  expect(texts.join('')).toBe(`${'x'.repeat(40_000)}end\nnext`)
})

test('what never ends a line is let go of from its beginning', () => {
  const log = new LogBuffer()
  for (let index = 0; index < 3000; index++) log.write('x'.repeat(1000), index)
  expect(log.lines().reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(1024 * 1024 + 16 * 1024)
})
