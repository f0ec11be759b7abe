import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import type { AttemptView, EnvironmentView, ServerEvent } from '@wheelhouse/protocol'
import { useEffect } from 'react'
import { attemptKey } from '~/features/attempt/attempt'
import { catalogueQuery } from '~/features/catalogue/catalogue'
import { environmentsQuery } from '~/features/environment/environment'
import { rememberAttempt } from '~/features/instructions/lab'
import { addNotice, dismissNotice, forgetNotices } from '~/features/notices/notices'
import { learnServerTime } from '~/lib/clock'
import { followEvents } from '~/lib/connection'

/** Brings what the server tells into the cache that the pages read. */
export function useServerEvents(): void {
  const client = useQueryClient()
  useEffect(() => followEvents({ onEvent: (event) => applyEvent(client, event) }), [client])
}

export function applyEvent(client: QueryClient, event: ServerEvent): void {
  switch (event.type) {
    case 'hello':
      learnServerTime(event.serverTimeMs)
      forgetNotices()
      // What happened while the line was cut is not told again for things that nobody has open.
      void client.invalidateQueries({ queryKey: catalogueQuery.queryKey })
      void client.invalidateQueries({ queryKey: environmentsQuery.queryKey })
      return
    case 'attempt':
      applyAttempt(client, event.attempt)
      return
    case 'environment':
      applyEnvironment(client, event.environment)
      return
    case 'notice':
      addNotice(event)
      return
    case 'notice-gone':
      dismissNotice(event.id)
      return
  }
}

function applyAttempt(client: QueryClient, attempt: AttemptView): void {
  const before = client.getQueryData<AttemptView>(attemptKey(attempt.id))
  // A request that is on its way would bring an older one.
  void client.cancelQueries({ queryKey: attemptKey(attempt.id) })
  client.setQueryData(attemptKey(attempt.id), attempt)
  rememberAttempt(client, attempt)
  if (before?.points !== attempt.points) void client.invalidateQueries({ queryKey: catalogueQuery.queryKey })
}

function applyEnvironment(client: QueryClient, environment: EnvironmentView): void {
  client.setQueriesData<AttemptView>({ queryKey: ['attempt'] }, (attempt) =>
    attempt?.environment?.id === environment.id ? { ...attempt, environment } : attempt,
  )
  if (client.getQueryData(environmentsQuery.queryKey)) void client.cancelQueries({ queryKey: environmentsQuery.queryKey })
  client.setQueryData(environmentsQuery.queryKey, (list) => {
    if (!list) return list
    const known = list.environments.some(({ id }) => id === environment.id)
    const environments = known
      ? list.environments.map((other) => (other.id === environment.id ? environment : other))
      : [...list.environments, environment]
    return { environments }
  })
}
