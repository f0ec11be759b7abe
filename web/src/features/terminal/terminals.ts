/** The terminals of an environment, and what can be done with them. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { EnvironmentView, TerminalsView, TerminalView } from '@wheelhouse/protocol'
import { api } from '~/lib/api'

/** Where a terminal can be opened: a simulated node has no shell. */
export const machinesWithShell = ({ machines }: Pick<EnvironmentView, 'machines'>) =>
  machines.filter(({ shell }) => shell !== false)

export const terminalsQuery = (environment: string) =>
  queryOptions({
    queryKey: ['terminals', environment],
    queryFn: async ({ signal }) => (await api.get<TerminalsView>(`/api/environments/${environment}/terminals`, signal)).terminals,
    staleTime: 30_000,
  })

export const openTerminal = (environment: string, machine: string) =>
  api.post<TerminalView>(`/api/environments/${environment}/terminals`, { machine })

/** Opens, renames and closes; the list is right at once. */
export function useTerminalActions(environment: string) {
  const client = useQueryClient()
  const { queryKey } = terminalsQuery(environment)
  const change = (next: (list: TerminalView[]) => TerminalView[]) =>
    client.setQueryData<TerminalView[]>(queryKey, (list) => next(list ?? []))
  const refresh = () => void client.invalidateQueries({ queryKey })
  const open = useMutation({
    mutationFn: (machine: string) => openTerminal(environment, machine),
    onSuccess: (opened) => change((list) => [...list.filter(({ id }) => id !== opened.id), opened]),
    onError: refresh,
  })
  const rename = useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) => api.patch<TerminalView>(`/api/terminals/${id}`, { title }),
    onMutate: ({ id, title }) => change((list) => list.map((one) => (one.id === id ? { ...one, title } : one))),
    onError: refresh,
  })
  const close = useMutation({
    mutationFn: (id: string) => api.delete<void>(`/api/terminals/${id}`),
    onMutate: (id) => change((list) => list.filter((one) => one.id !== id)),
    onSettled: refresh,
  })
  return { open, rename, close, refresh }
}
