import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Language, SessionView } from '@wheelhouse/protocol'
import { useEffect } from 'react'
import { api } from '~/lib/api'
import { changeSettings, useSettings } from '~/lib/settings'

/** Who is signed in and which engine serves. Refused with `NOT_SIGNED_IN` where nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.get<SessionView>('/api/session', signal),
  staleTime: 60_000,
})

/** The learner's own language counts where this browser was told nothing else. */
export function useLearnersLanguage(): void {
  const language = useSession()?.learner.language ?? null
  const chosenHere = useSettings().language
  useEffect(() => {
    if (language && !chosenHere) changeSettings({ language })
  }, [language, chosenHere])
}

/** The session of the signed-in learner; undefined while it is being asked for. */
export const useSession = (): SessionView | undefined => useQuery(sessionQuery).data

/** Changes the language here at once, and with the learner, so that it is the same on another computer. */
export function useChangeLanguage() {
  const client = useQueryClient()
  const { mutate } = useMutation({
    mutationFn: (language: Language) => api.patch<SessionView>('/api/session', { language }),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
  })
  return (language: Language) => {
    changeSettings({ language })
    mutate(language)
  }
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete('/api/session'),
    onSuccess: () => client.resetQueries(),
  })
}
