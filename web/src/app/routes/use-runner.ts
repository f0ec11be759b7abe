import type { EnvironmentView } from '@wheelhouse/protocol'
import { useMemo } from 'react'
import { focusTerminal, runInTerminal } from '~/features/terminal/panels'
import { onceInAWhile, type RunInTerminal } from '~/lib/run-in-terminal'

export interface Runner {
  run: RunInTerminal
  /** Gives the keyboard to the terminal in front. */
  focus: () => void
}

/** The way from a text into a terminal. */
export function useRunner(environment: EnvironmentView | null): Runner {
  const id = environment?.state.phase === 'ready' ? environment.id : null
  return useMemo(
    () => ({
      run: onceInAWhile((request) => (id ? runInTerminal(id, request) : 'not-ready')),
      focus: () => {
        if (id) focusTerminal(id)
      },
    }),
    [id],
  )
}
