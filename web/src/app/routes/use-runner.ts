import type { EnvironmentView } from '@wheelhouse/protocol'
import { useMemo } from 'react'
import { onceInAWhile, type RunInTerminal } from '~/lib/run-in-terminal'

export interface Runner {
  run: RunInTerminal
  /** Gives the keyboard to the terminal in front. */
  focus: () => void
}

/** The way from a text into a terminal. */
export function useRunner(environment: EnvironmentView | null): Runner {
  const ready = environment?.state.phase === 'ready'
  return useMemo(() => ({ run: onceInAWhile(() => (ready ? 'not-ready' : 'not-ready')), focus: () => {} }), [ready])
}
