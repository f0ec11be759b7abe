import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { CheckpointsView, CheckpointView, EnvironmentView } from '@wheelhouse/protocol'
import { api } from '~/lib/api'

const addressOf = (environment: string) => `/api/environments/${environment}/checkpoints`

/** While they are shown they are asked for so often: some are kept by themselves, and no event tells of it. */
const AGAIN_MS = 2_000

/** The kept states of an environment, newest first. */
export const checkpointsQuery = (environment: string) =>
  queryOptions({
    queryKey: ['checkpoints', environment],
    queryFn: ({ signal }) => api.get<CheckpointsView>(addressOf(environment), signal),
    staleTime: 0,
    refetchInterval: AGAIN_MS,
  })

function useCheckpointChange<Variables, Answer>(environment: string, change: (variables: Variables) => Promise<Answer>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: checkpointsQuery(environment).queryKey }),
  })
}

export const useKeep = (environment: string) =>
  useCheckpointChange(environment, (name: string) => api.post<CheckpointView>(addressOf(environment), { name }))
export const useGoBack = (environment: string) =>
  useCheckpointChange(environment, (id: string) => api.post<EnvironmentView>(`${addressOf(environment)}/${id}/restore`))
export const useFork = (environment: string) =>
  useCheckpointChange(environment, (id: string) => api.post<EnvironmentView>(`${addressOf(environment)}/${id}/fork`))
export const useForget = (environment: string) =>
  useCheckpointChange(environment, (id: string) => api.delete(`${addressOf(environment)}/${id}`))
