/**
 * Notices when this process stands still: on a computer that is too busy it may not be let in for seconds, and an answer that came in
 * time then looks late. So whoever met silence asks here first whose silence it was.
 */
export interface Heartbeat {
  /** The longest standstill, in milliseconds, of which some part lay after the moment `sinceMs` of `performance.now()`. */
  stoodStillMs(sinceMs: number): number
  stop(): void
}

const BEAT_MS = 200

export function heartbeat(now: () => number = () => performance.now()): Heartbeat & { beat: () => void } {
  let beatAtMs = now()
  /** Of those that are worth a word: when they ended, and how long they were. */
  const standstills: { endedAtMs: number; ms: number }[] = []
  const beat = () => {
    const ms = now() - beatAtMs - BEAT_MS
    if (ms > BEAT_MS) standstills.push({ endedAtMs: now(), ms })
    beatAtMs = now()
  }
  const timer = setInterval(beat, BEAT_MS)
  timer.unref()
  return {
    beat,
    stoodStillMs: (sinceMs) => {
      const lasting = now() - beatAtMs - BEAT_MS
      const past = standstills.filter(({ endedAtMs }) => endedAtMs >= sinceMs).map(({ ms }) => ms)
      return Math.max(0, lasting, ...past)
    },
    stop: () => clearInterval(timer),
  }
}
