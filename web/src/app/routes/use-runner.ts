import type { EnvironmentView } from '@wheelhouse/protocol'
import { useMemo, useRef } from 'react'
import { focusTerminal, runInTerminal } from '~/features/terminal/panels'
import { onceInAWhile, type RunInTerminal } from '~/lib/run-in-terminal'

export interface Runner {
  run: RunInTerminal
  /** Gives the keyboard to the terminal in front. */
  focus: () => void
}

/** The way from a text into a terminal. @param onShow  brings the terminals into view, where a phone shows something else */
export function useRunner(environment: EnvironmentView | null, onShow: () => void): Runner {
  const show = useRef(onShow)
  show.current = onShow
  const id = environment?.state.phase === 'ready' ? environment.id : null
  return useMemo(
    () => ({
      run: onceInAWhile((request) => {
        const outcome = id ? runInTerminal(id, request) : 'not-ready'
        if (outcome === 'sent') show.current()
        return outcome
      }),
      focus: () => {
        show.current()
        if (id) focusTerminal(id)
      },
    }),
    [id],
  )
}
