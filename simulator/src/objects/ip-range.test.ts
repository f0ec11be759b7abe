import { expect, test } from 'vitest'
import { holds, parseRange, rangeOfAddress } from './ip-range.js'

test.each([
  ['10.96.0.0/16', '10.96.7.7', true],
  ['10.96.0.0/16', '10.97.0.0', false],
  ['10.96.3.4/16', '10.96.0.1', true],
  ['2001:db8::/64', '2001:db8::7', true],
  ['2001:db8::/64', '2001:db8:0:1::7', false],
  ['::ffff:0:0/96', '::ffff:10.0.0.1', true],
  ['0.0.0.0/0', '2001:db8::7', false],
])('%s holds %s: %s', (range, address, expected) => {
  const [outer, inner] = [parseRange(range), rangeOfAddress(address)]
  expect(outer && inner && holds(outer, inner)).toBe(expected)
})

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '2001:db8::/129', 'nowhere/8', '10.0.0.0/8/8'])('%s is no range', (text) => {
  expect(parseRange(text)).toBeUndefined()
})
