import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { EnvironmentsView, EnvironmentView } from '@wheelhouse/protocol'
import { api } from '~/lib/api'
import { isListening } from '~/lib/connection'

export const environmentsQuery = queryOptions({
  queryKey: ['environments'],
  queryFn: ({ signal }) => api.get<EnvironmentsView>('/api/environments', signal),
  staleTime: 5_000,
})

export type EnvironmentAction = 'start' | 'stop' | 'cancel' | 'retry' | 'rebuild' | 'extend' | 'delete'

const act = (id: string, action: EnvironmentAction) =>
  action === 'delete'
    ? api.delete<EnvironmentView>(`/api/environments/${id}`)
    : api.post<EnvironmentView>(`/api/environments/${id}/${action}`)

/**
 * Asks the server to do something with an environment. What comes of it arrives as an event, which may overtake the answer; so the
 * answer counts only where no events come.
 */
export function useEnvironmentAction(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (action: EnvironmentAction) => act(id, action),
    onSuccess: () => (isListening() ? undefined : client.invalidateQueries()),
  })
}

/** What can be asked of an environment in its present state, the likeliest first. */
export function actionsIn({ state, fork }: Pick<EnvironmentView, 'state' | 'fork'>): EnvironmentAction[] {
  switch (state.phase) {
    case 'queued':
    case 'provisioning':
      return ['cancel']
    case 'starting':
      return ['cancel', 'delete']
    case 'ready':
      return ['stop', 'delete']
    case 'stopped':
      return ['start', 'delete']
    case 'broken':
      // What a copy held is nowhere else: there is nothing to build it from.
      return fork ? ['delete'] : ['rebuild', 'delete']
    case 'failed':
      return ['retry', 'delete']
    case 'stopping':
    case 'deleting':
    case 'deleted':
      return []
  }
}
