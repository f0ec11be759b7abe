/** What the tests of a server's watch share: a learner who starts a lab, and time that passes. */
import type { AttemptView, EnvironmentView, ServerEvent } from '@wheelhouse/protocol'
import type { Person, TestServer } from '../../testing/test-server.js'

export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS
export const GB = 1_000_000_000

/** @returns the id of the lab's environment */
export const start = async (person: Person, lab = 'alpha'): Promise<string> => {
  const attempt: AttemptView = (await person.post('/api/attempts', { lab })).json()
  return attempt.environment?.id ?? 'none'
}
export const stateOf = async (person: Person, id: string): Promise<EnvironmentView['state']> =>
  (await person.get(`/api/environments/${id}`)).json().state
export const notice = (key: string) => (event: ServerEvent) => event.type === 'notice' && event.text.key === key

/** Moves the clock and looks, as the server does by itself. */
export async function pass(server: TestServer, ms: number): Promise<void> {
  server.clock.advance(ms)
  await server.parts.watch.now()
  await server.settled()
}
