import { expect, test } from 'vitest'
import { formatClock, formatExpected, formatExpectedSpan, formatSpan } from './format'

test.each([
  [0, '0:00'],
  [7_900, '0:07'],
  [765_000, '12:45'],
  [3_723_000, '1:02:03'],
  [-5, '0:00'],
])('formatClock(%d) is %s', (ms, text) => expect(formatClock(ms)).toBe(text))

test.each([
  [0, '1 ms'],
  [180, '180 ms'],
  [2_449, '2.4 s'],
  [37_400, '37 s'],
  [240_000, '4 min'],
  [3 * 3_600_000, '3 h'],
  [6 * 86_400_000, '6 days'],
])('formatSpan(en, %d) is %s', (ms, text) => expect(formatSpan('en', ms)).toBe(text.replace(' ', '\u00a0')))

test('what is to come never takes no time', () => {
  expect([300, 1_000, 1_200].map(formatExpected)).toEqual(['0:01', '0:01', '0:02'])
  expect([300, 1_400, 240_000].map((ms) => formatExpectedSpan('zh', ms))).toEqual(['1\u00a0秒', '2\u00a0秒', '4\u00a0分钟'])
})

test('formatSpan says Chinese units in Chinese', () => {
  expect(formatSpan('zh', 240_000)).toBe('4\u00a0分钟')
})
