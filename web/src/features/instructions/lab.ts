import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { LabView, Language } from '@wheelhouse/protocol'
import { api } from '~/lib/api'

/** A lab's text in one language. While another language is on its way the page keeps the one it has. */
export const labQuery = (lab: string, language: Language) =>
  queryOptions({
    queryKey: ['lab', lab, language],
    queryFn: ({ signal }) => api.get<LabView>(`/api/labs/${encodeURIComponent(lab)}?language=${language}`, signal),
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
  })

/** The step to show: the one that is asked for, if the lab has it, else the first. */
export const stepIndex = (lab: LabView, step: string | undefined): number =>
  Math.max(
    0,
    lab.steps.findIndex(({ id }) => id === step),
  )
