/** What a row asks for: its state compared with what is wanted of it. The whole life of an environment stands in this one table. */
import type { EnvironmentRecord } from '../store/repositories/environments.js'

export type Action = 'provision' | 'start' | 'stop' | 'destroy' | 'tidy' | 'none'

/**
 * The next step towards what is wanted. A phase that stands for work in progress asks for that work again: where nobody is at it
 * (the server was killed), the engine's calls are safe to repeat.
 */
export function nextAction({ wanted, state }: Pick<EnvironmentRecord, 'wanted' | 'state'>): Action {
  if (state.phase === 'deleted') return 'none'
  if (wanted === 'deleted' || state.phase === 'deleting') return 'destroy'
  switch (state.phase) {
    case 'queued':
      // A place has to be given first: see Admission.
      return 'none'
    case 'provisioning':
      return 'provision'
    case 'ready':
      return wanted === 'stopped' ? 'stop' : 'none'
    case 'starting':
      return wanted === 'stopped' ? 'stop' : 'start'
    case 'stopping':
      return 'stop'
    case 'stopped':
      return wanted === 'running' ? 'start' : 'none'
    case 'failed':
      return state.leftovers === 'being-removed' ? 'tidy' : 'none'
    case 'broken':
      return 'none'
  }
}

/** Whether it holds memory, or is about to. */
export function isRunning({ state, wanted }: Pick<EnvironmentRecord, 'wanted' | 'state'>): boolean {
  if (wanted === 'deleted') return state.phase === 'provisioning' || state.phase === 'ready' || state.phase === 'starting'
  return ['provisioning', 'ready', 'starting', 'stopping'].includes(state.phase)
}
