import { queryOptions } from '@tanstack/react-query'
import type { CatalogueView, LabCard, Language } from '@wheelhouse/protocol'
import { api } from '~/lib/api'

export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'],
  queryFn: ({ signal }) => api.get<CatalogueView>('/api/catalogue', signal),
  staleTime: 15_000,
})

/** Names a lab in a language; by its id where the catalogue has not come, or has it no more. */
export const titleIn = (catalogue: CatalogueView | undefined, language: Language) => (lab: string) =>
  catalogue?.chapters.flatMap(({ labs }) => labs).find(({ id }) => id === lab)?.title[language] ?? lab

export type Chapter = CatalogueView['chapters'][number]
export type LabProgress = 'fresh' | 'started' | 'done'

export const progressOf = (card: LabCard): LabProgress => {
  if (!card.progress) return 'fresh'
  return card.progress.tasksPassed >= card.tasks ? 'done' : 'started'
}

export const DOMAINS = ['storage', 'troubleshooting', 'workloads', 'architecture', 'networking'] as const
export type Domain = (typeof DOMAINS)[number]

/** The domains of the curriculum that a lab trains, each once, in the order of the curriculum. */
export const domainsOf = (card: LabCard): Domain[] =>
  DOMAINS.filter((domain) => card.competencies.some((id) => id.startsWith(`${domain}-`)))

export interface Filter {
  text: string
  domain: Domain | 'any'
  progress: LabProgress | 'any'
}
export const NO_FILTER: Filter = { text: '', domain: 'any', progress: 'any' }
/** Reads a filter from an address; what makes no sense there is left out. */
export function parseFilter(search: Record<string, unknown>): Partial<Filter> {
  const domain = DOMAINS.find((one) => one === search.domain)
  const progress = (['fresh', 'started', 'done'] as const).find((one) => one === search.progress)
  return {
    ...(typeof search.text === 'string' || typeof search.text === 'number' ? { text: String(search.text) } : {}),
    ...(domain ? { domain } : {}),
    ...(progress ? { progress } : {}),
  }
}

export const isFiltering = (filter: Filter) => filter.text.trim() !== '' || filter.domain !== 'any' || filter.progress !== 'any'

/** Chapters with the labs that match every word in either language, so that an English term is found on a Chinese page too. */
export function filterChapters(chapters: Chapter[], filter: Filter): Chapter[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (chapter: Chapter, card: LabCard) => {
    if (filter.domain !== 'any' && !domainsOf(card).includes(filter.domain)) return false
    if (filter.progress !== 'any' && progressOf(card) !== filter.progress) return false
    const haystack = searchText(chapter, card)
    return words.every((word) => haystack.includes(word))
  }
  return chapters
    .map((chapter) => ({ ...chapter, labs: chapter.labs.filter((card) => matches(chapter, card)) }))
    .filter((chapter) => chapter.labs.length > 0)
}

const searchText = (chapter: Chapter, card: LabCard) =>
  [card.id, ...both(card.title), ...both(card.summary), ...both(chapter.title)].join(' ').toLowerCase()
const both = (text: Record<Language, string>) => [text.en, text.zh]

/** The lab that was worked on last and is not done yet. */
export function labToContinue(chapters: Chapter[]): LabCard | undefined {
  return chapters
    .flatMap((chapter) => chapter.labs)
    .filter((card) => progressOf(card) === 'started')
    .sort((a, b) => (b.progress?.lastSeenAtMs ?? 0) - (a.progress?.lastSeenAtMs ?? 0))[0]
}

/** The next lab in the order of the catalogue that is not done; undefined after the last. */
export function labAfter(chapters: Chapter[], labId: string): LabCard | undefined {
  const labs = chapters.flatMap((chapter) => chapter.labs)
  const at = labs.findIndex((card) => card.id === labId)
  return labs.slice(at + 1).find((card) => progressOf(card) !== 'done')
}
