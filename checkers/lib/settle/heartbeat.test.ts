import { expect, test } from 'vitest'
import { heartbeat } from './heartbeat.js'

test('a process that was not let in knows for how long, whether or not it has beaten since', () => {
  let nowMs = 1_000
  const heart = heartbeat(() => nowMs)
  heart.stop()
  nowMs += 200
  heart.beat()
  expect(heart.stoodStillMs(0)).toBe(0)
  nowMs += 5_200
  expect(heart.stoodStillMs(nowMs - 1)).toBe(5_000)
  heart.beat()
  expect(heart.stoodStillMs(nowMs - 1_000)).toBe(5_000)
  expect(heart.stoodStillMs(nowMs + 1)).toBe(0)
})
