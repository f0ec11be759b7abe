/** The terminal that an environment gets by itself: asked for once the environment is there, while the page still draws its place. */
import type { QueryClient } from '@tanstack/react-query'
import type { EnvironmentView } from '@wheelhouse/protocol'
import { machinesWithShell, openTerminal, terminalsQuery } from './terminals'

/** Asked for ahead, by environment, until the panel of its terminals takes it. */
const ahead = new Map<string, Promise<string | null>>()

/** For a page that knows of the environment before there is a panel. What goes wrong is the panel's to say. */
export function openFirstAhead(client: QueryClient, environment: EnvironmentView): void {
  if (environment.state.phase !== 'ready' || ahead.has(environment.id)) return
  const opening = openFirst(client, environment)
  ahead.set(environment.id, opening)
  opening.catch(() => ahead.delete(environment.id))
}

/** @returns the terminal that was opened; null where there were some, or no machine has a shell */
export function takeFirst(client: QueryClient, environment: EnvironmentView): Promise<string | null> {
  const opening = ahead.get(environment.id) ?? openFirst(client, environment)
  ahead.delete(environment.id)
  return opening
}

async function openFirst(client: QueryClient, environment: EnvironmentView): Promise<string | null> {
  const query = terminalsQuery(environment.id)
  const [machine] = machinesWithShell(environment)
  const present = await client.fetchQuery(query)
  if (!machine || present.length > 0) return null
  const opened = await openTerminal(environment.id, machine.name)
  client.setQueryData(query.queryKey, (list = []) => [...list.filter(({ id }) => id !== opened.id), opened])
  return opened.id
}
