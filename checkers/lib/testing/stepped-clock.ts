import type { Clock } from '../settle/settle.js'

/** A clock that jumps where one would sleep. `onSleep` may change the world meanwhile. */
export function steppedClock(onSleep: (nowMs: number) => void = () => undefined): Clock {
  let nowMs = 0
  return {
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms
      onSleep(nowMs)
    },
  }
}
