import { expect, test } from 'vitest'
import { ManualClock } from '../time/clock.js'
import { TRAFFIC_WINDOW_MS, Traffic } from './traffic.js'

const WINDOW_SECONDS = TRAFFIC_WINDOW_MS / 1000

function traffic() {
  const clock = new ManualClock(0)
  const counted = new Traffic(clock)
  return {
    of: (address: string, requests: number) => Array.from({ length: requests }, () => counted.count(address)),
    rate: (address: string) => counted.rate(address),
    windowPasses: () => clock.advance(TRAFFIC_WINDOW_MS),
    forget: (address: string) => counted.forget(address),
  }
}

test('the rate is that of the last whole window, not of the one that is still open', async () => {
  const seen = traffic()
  seen.of('10.244.1.2', 30)
  expect(seen.rate('10.244.1.2')).toBe(0)
  await seen.windowPasses()
  seen.of('10.244.1.2', 7)
  expect(seen.rate('10.244.1.2')).toBe(30 / WINDOW_SECONDS)
  await seen.windowPasses()
  expect(seen.rate('10.244.1.2')).toBe(7 / WINDOW_SECONDS)
})

test('a whole window without a request is a rate of nothing, and so is what was never heard of', async () => {
  const seen = traffic()
  seen.of('10.244.1.2', 30)
  await seen.windowPasses()
  await seen.windowPasses()
  expect(seen.rate('10.244.1.2')).toBe(0)
  expect(seen.rate('10.244.1.3')).toBe(0)
  seen.of('10.244.1.2', 15)
  await seen.windowPasses()
  expect(seen.rate('10.244.1.2')).toBe(15 / WINDOW_SECONDS)
})

test('each address is counted for itself, and one that is given back begins anew', async () => {
  const seen = traffic()
  seen.of('10.244.1.2', 15)
  seen.of('10.244.1.3', 45)
  await seen.windowPasses()
  expect([seen.rate('10.244.1.2'), seen.rate('10.244.1.3')]).toEqual([1, 3])
  seen.forget('10.244.1.2')
  expect([seen.rate('10.244.1.2'), seen.rate('10.244.1.3')]).toEqual([0, 3])
})
