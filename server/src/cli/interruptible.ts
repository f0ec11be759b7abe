/** Commands that have to leave things as they found them end in good order when somebody stops them. */

/** What a shell expects of a program that Ctrl+C has ended. */
export const STOPPED_EXIT_CODE = 130

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Does the work until it ends, or until Ctrl+C, `kill` or a terminal that closes aborts its signal; then the exit code is 130. A second
 * one changes nothing, since npm hands on to its child what the terminal has told the child already.
 *
 * @param saying what is told when it is stopped
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>, saying: string): Promise<T> {
  const stop = new AbortController()
  const abort = () => {
    if (stop.signal.aborted) return
    console.error(saying)
    process.exitCode = STOPPED_EXIT_CODE
    stop.abort(new Error('stopped'))
  }
  for (const signal of SIGNALS) process.on(signal, abort)
  try {
    return await work(stop.signal)
  } finally {
    for (const signal of SIGNALS) process.off(signal, abort)
  }
}
