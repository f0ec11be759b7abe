import { expect, test } from 'vitest'
import { processorMs } from './process-use.js'
import { Silence } from './silence.js'

test('a process that works and says nothing turns in a loop', () => {
  let workedMs = 500
  const silence = new Silence(8_000, () => workedMs)
  workedMs += 8_000
  expect(silence.isTooLong).toBe(false)
  workedMs += 1
  expect(silence.isTooLong).toBe(true)
})

test('every word begins the time anew', () => {
  let workedMs = 0
  const silence = new Silence(8_000, () => workedMs)
  workedMs += 6_000
  silence.heard()
  workedMs += 6_000
  expect(silence.isTooLong).toBe(false)
})

test('a process that is not let in has all the time in the world', () => {
  const silence = new Silence(8_000, () => 120)
  expect(silence.isTooLong).toBe(false)
})

test.runIf(process.platform === 'linux')(
  'what a process has worked grows while it works, and is unknown of one that is not there',
  () => {
    const before = processorMs(process.pid) ?? expect.fail('it is there')
    const until = process.cpuUsage().user + 50_000
    while (process.cpuUsage().user < until);
    expect(processorMs(process.pid)).toBeGreaterThanOrEqual(before + 30)
    expect(processorMs(-1)).toBeUndefined()
  },
)
