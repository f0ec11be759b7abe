/** The panels that are on the page, for whoever wants something run in one: by environment, since a page may show several. */
import type { RunRequest } from '~/lib/run-in-terminal'

export interface PanelHandle {
  /** Runs a text in a terminal of the machine, opened where there is none; without a machine in the one in front. */
  run(request: RunRequest): 'sent' | 'not-ready'
  /** Gives the keyboard to the terminal in front. */
  focus(): void
}

const panels = new Map<string, PanelHandle>()

export function registerPanel(environment: string, handle: PanelHandle): () => void {
  panels.set(environment, handle)
  return () => {
    if (panels.get(environment) === handle) panels.delete(environment)
  }
}

/** Never replayed: what cannot be sent now is not sent later by itself. */
export const runInTerminal = (environment: string, request: RunRequest): 'sent' | 'not-ready' =>
  panels.get(environment)?.run(request) ?? 'not-ready'

export const focusTerminal = (environment: string): void => panels.get(environment)?.focus()
