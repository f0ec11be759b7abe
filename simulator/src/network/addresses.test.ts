import { expect, test } from 'vitest'
import { addressOf, bridgeOf, inRange, isLoopback, numberOf } from './addresses.js'

test.each([
  ['0.0.0.0', 0],
  ['10.96.0.10', 174_063_626],
  ['192.168.1.2', 3_232_235_778],
  ['255.255.255.255', 4_294_967_295],
])('%s is the number %i, and back', (address, number) => {
  expect(numberOf(address)).toBe(number)
  expect(addressOf(number)).toBe(address)
})

test.each([
  ['10.244.0.0/16', ['10.244.0.0', '10.244.255.255'], ['10.243.255.255', '10.245.0.0']],
  ['10.244.1.128/25', ['10.244.1.128', '10.244.1.255'], ['10.244.1.127', '10.244.2.128']],
  // A base within the range means the whole of it, as in a policy that somebody wrote by hand.
  ['192.168.1.77/24', ['192.168.1.0', '192.168.1.255'], ['192.168.2.77']],
  ['200.1.2.3/32', ['200.1.2.3'], ['200.1.2.2', '200.1.2.4']],
  ['200.1.2.3', ['200.1.2.3'], ['200.1.2.4']],
  ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255'], []],
  ['fd00::/8', [], ['10.0.0.1']],
])('%s holds %j and not %j', (range, inside, outside) => {
  expect(inside.filter((address) => !inRange(address, range))).toEqual([])
  expect(outside.filter((address) => inRange(address, range))).toEqual([])
})

test('loopback is all that begins with 127', () => {
  expect(['127.0.0.1', '127.8.9.10', '128.0.0.1', '10.127.0.1'].map(isLoopback)).toEqual([true, true, false, false])
})

test('the bridge of a node is the first address of its range', () => {
  expect(bridgeOf('10.244.1')).toBe('10.244.1.1')
})
