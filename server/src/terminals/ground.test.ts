import { expect, test } from 'vitest'
import { unfinishedBytes } from './ground.js'

const left = (text: string) => unfinishedBytes(Buffer.from(text, 'latin1'))

test('finished output leaves nothing', () => {
  for (const text of ['', 'hello\r\n', '\x1b[31mred\x1b[0m', '\x1b]0;title\x07$ ', '\x1b]0;title\x1b\\$ ', '\x1b(B', '\x1b7'])
    expect(left(text)).toBe(0)
})

test('a sequence that has begun is counted from its escape', () => {
  expect(left('text\x1b')).toBe(1)
  expect(left('text\x1b[')).toBe(2)
  expect(left('text\x1b[38;5;1')).toBe(8)
  expect(left('text\x1b]0;ti')).toBe(6)
  expect(left('text\x1b]0;ti\x1b')).toBe(7)
  expect(left('\x1bP$q')).toBe(4)
  expect(left('\x1b(')).toBe(2)
})

test('a sequence inside another one begins anew', () => {
  expect(left('\x1b[3\x1b[1')).toBe(3)
  expect(left('\x1b]0;x\x1b[1')).toBe(8)
})

test('a cancelled sequence is finished', () => {
  expect(left('\x1b[38;5\x18')).toBe(0)
})

test('a character that is cut is counted, a whole one is not', () => {
  const water = Buffer.from('水')
  expect(unfinishedBytes(water)).toBe(0)
  expect(unfinishedBytes(water.subarray(0, 2))).toBe(2)
  expect(unfinishedBytes(water.subarray(0, 1))).toBe(1)
  expect(unfinishedBytes(Buffer.from('🚢').subarray(0, 3))).toBe(3)
})

test('bytes that are no UTF-8 hold nothing back', () => {
  expect(left('\x80\x80\x80\x80')).toBe(0)
  expect(left('\xff\xfe abc')).toBe(0)
})
