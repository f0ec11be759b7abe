/** What a run may do. A live run only reads; where a check wants more, it stops there and waits for the button or the slow timer. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Refused } from '../unmet.js'
import { currentAttempt } from './attempt.js'

export interface Permissions {
  probes: boolean
  machines: boolean
}

const storage = new AsyncLocalStorage<Permissions>()

export const withPermissions = <T>(permissions: Permissions, work: () => Promise<T>): Promise<T> => storage.run(permissions, work)

/** @throws Refused in a live run */
export function useProbe(): void {
  currentAttempt().uses.probe = true
  if (storage.getStore()?.probes === false) throw new Refused('probe')
}

/** @throws Refused in a live run */
export function useMachine(): void {
  currentAttempt().uses.machine = true
  if (storage.getStore()?.machines === false) throw new Refused('machine')
}
