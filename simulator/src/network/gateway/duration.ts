/** Durations of the Gateway API, and work that may take no longer. @see GEP-2257 */
import type { Clock } from '../../time/clock.js'

const UNITS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** `1m30s` in milliseconds; undefined where there is no limit: none is set, or `0s`. */
export function durationMs(text: string | undefined): number | undefined {
  const parts = [...(text ?? '').matchAll(/(\d+)(ms|h|m|s)/g)]
  const total = parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
  return total || undefined
}

/** @returns undefined where the work is not done in time; it goes on, and nobody hears of it */
export async function within<T>(clock: Clock, limitMs: number | undefined, work: () => Promise<T>): Promise<T | undefined> {
  if (limitMs === undefined) return work()
  let cancel = () => {}
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.after(limitMs, () => resolve(undefined))
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    cancel()
  }
}
