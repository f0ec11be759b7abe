import { type QueryClient, queryOptions } from '@tanstack/react-query'
import type { AttemptView, LabView, Language } from '@wheelhouse/protocol'
import { api } from '~/lib/api'

/** A lab's text in one language. While another language is on its way the page keeps the one it has. */
export const labQuery = (lab: string, language: Language) =>
  queryOptions<LabView>({
    queryKey: ['lab', lab, language],
    queryFn: ({ signal }) => api.get<LabView>(`/api/labs/${encodeURIComponent(lab)}?language=${language}`, signal),
    placeholderData: (shown) => (shown?.id === lab ? shown : undefined),
    staleTime: 5 * 60_000,
  })

/** The text of a lab names the learner's attempt at it; once there is one, every language of it does. */
export const rememberAttempt = (client: QueryClient, { lab, id }: Pick<AttemptView, 'lab' | 'id'>): void =>
  void client.setQueriesData<LabView>({ queryKey: ['lab', lab] }, (known) =>
    known && known.attempt !== id ? { ...known, attempt: id } : known,
  )

/** The step to show: the one that is asked for, if the lab has it, else the first. */
export const stepIndex = (lab: LabView, step: string | undefined): number =>
  Math.max(
    0,
    lab.steps.findIndex(({ id }) => id === step),
  )
