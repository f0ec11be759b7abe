import { createContext, useContext } from 'react'

/** What a Run button asks for. Without a machine it goes to the terminal in front. */
export interface RunRequest {
  machine: string | null
  text: string
}

/** `ignored`: the same was asked a moment ago. `not-ready`: there is no terminal to run it in. */
export type RunOutcome = 'sent' | 'ignored' | 'not-ready'
export type RunInTerminal = (request: RunRequest) => RunOutcome

/** How a text gets a command into a terminal; the lab page provides it. */
export const RunContext = createContext<RunInTerminal>(() => 'not-ready')
export const useRunInTerminal = () => useContext(RunContext)

/** A second click within this does nothing: a double click must not run a command twice. */
const SECOND_CLICK_MS = 3_000

/** Lets each request through once in three seconds. `now` in milliseconds, for tests. */
export function onceInAWhile(
  run: (request: RunRequest) => 'sent' | 'not-ready',
  now: () => number = () => Date.now(),
): RunInTerminal {
  let last = { key: '', atMs: Number.NEGATIVE_INFINITY }
  return (request) => {
    const key = JSON.stringify([request.machine, request.text])
    if (key === last.key && now() - last.atMs < SECOND_CLICK_MS) return 'ignored'
    const outcome = run(request)
    if (outcome === 'sent') last = { key, atMs: now() }
    return outcome
  }
}
