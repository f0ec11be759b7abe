import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { AttemptView, Language, Reveal, RevealView } from '@wheelhouse/protocol'
import { api } from '~/lib/api'
import { isListening } from '~/lib/connection'

export const attemptKey = (id: string) => ['attempt', id] as const

/** One attempt. After the first answer it is kept up to date by events. */
export const attemptQuery = (id: string) =>
  queryOptions({
    queryKey: attemptKey(id),
    queryFn: ({ signal }) => api.get<AttemptView>(`/api/attempts/${id}`, signal),
    staleTime: 30_000,
  })

/** Opens a lab: its attempt and its environment, made or woken where needed. */
export function useOpenLab(lab: string, onOpened: (attempt: AttemptView) => void) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<AttemptView>('/api/attempts', { lab }),
    onSuccess: (attempt) => {
      // An event may have brought a newer one before this answer came.
      client.setQueryData<AttemptView>(attemptKey(attempt.id), (known) => (isListening() && known ? known : attempt))
      onOpened(attempt)
    },
  })
}

/**
 * Every change to an attempt answers with the attempt as it was then, and is told by an event as well. The event is the newer of the
 * two whichever comes first, so the answer counts only where no events come.
 */
function useAttemptChange<Variables>(id: string, change: (variables: Variables) => Promise<AttemptView>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: (attempt) => {
      if (!isListening()) client.setQueryData(attemptKey(id), attempt)
    },
  })
}

export const useCheck = (id: string) =>
  useAttemptChange(id, (task: string) => api.post<AttemptView>(`/api/attempts/${id}/tasks/${task}/checks`))
export const useResetTask = (id: string) =>
  useAttemptChange(id, (task: string) => api.post<AttemptView>(`/api/attempts/${id}/tasks/${task}/reset`))
export const useResetLab = (id: string) => useAttemptChange(id, () => api.post<AttemptView>(`/api/attempts/${id}/reset`))
export const useKeepStep = (id: string) =>
  useAttemptChange(id, (step: string) => api.patch<AttemptView>(`/api/attempts/${id}`, { step }))

export interface RevealOf {
  attempt: string
  task: string
  reveal: Reveal
  language: Language
}

/** The text of a hint or of the solution. Asking for it is what reveals and records it, so it is only asked for after a yes. */
export const revealQuery = ({ attempt, task, reveal, language }: RevealOf) =>
  queryOptions({
    queryKey: ['reveal', attempt, task, reveal, language],
    queryFn: () => api.post<RevealView>(`/api/attempts/${attempt}/tasks/${task}/reveals`, { reveal, language }),
    staleTime: Number.POSITIVE_INFINITY,
  })
