/** Waiting for an API server that a setup has just brought back, and other short waits of a setup. */
import { ApiSilent } from '@wheelhouse/checkers/run'

export interface Patience {
  /** Milliseconds until it gives up. */
  forMs: number
  signal?: AbortSignal | undefined
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Tries again while the API server is silent, and where `also` says so. @throws the last error */
export async function patiently<T>(work: () => Promise<T>, patience: Patience, also?: (error: unknown) => boolean): Promise<T> {
  const deadline = performance.now() + patience.forMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      patience.signal?.throwIfAborted()
      const passing = error instanceof ApiSilent || also?.(error) === true
      if (!passing || performance.now() >= deadline) throw error
      await pause(200)
    }
  }
}

/** Asks until it is so. @returns whether it came to be so in time */
export async function until(condition: () => Promise<boolean>, { forMs, signal }: Patience, everyMs = 100): Promise<boolean> {
  const deadline = performance.now() + forMs
  for (;;) {
    signal?.throwIfAborted()
    if (await condition()) return true
    if (performance.now() >= deadline) return false
    await pause(everyMs)
  }
}
