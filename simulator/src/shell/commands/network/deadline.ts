import type { Process } from '../../../containers/process.js'

export interface Deadline {
  signal: AbortSignal
  hasPassed: () => boolean
  /** The time is no matter any more; it ends with the process still. */
  relax: () => void
  clear: () => void
}

/** Ends with the process, or after `seconds`. */
export function deadline(process: Process, seconds: number | undefined): Deadline {
  const ended = new AbortController()
  let passed = false
  const stop = () => ended.abort(process.signal.reason)
  if (process.signal.aborted) stop()
  process.signal.addEventListener('abort', stop, { once: true })
  const cancel = seconds
    ? process.machine.clock.after(seconds * 1000, () => {
        passed = true
        ended.abort('timeout')
      })
    : () => {}
  return {
    signal: ended.signal,
    hasPassed: () => passed,
    relax: cancel,
    clear() {
      cancel()
      process.signal.removeEventListener('abort', stop)
    },
  }
}

/** How long a system tries to connect before it gives up, in seconds. @see tcp_syn_retries */
export const CONNECT_SECONDS = 134
