import { expect, test } from 'vitest'
import { labCard, NOW_MS } from '~/testing/fixtures'
import { type Chapter, filterChapters, labAfter, labToContinue, NO_FILTER, parseFilter } from './catalogue'

const progress = (tasksPassed: number, lastSeenAtMs = NOW_MS) => ({ attempt: 'a', points: 1, tasksPassed, lastSeenAtMs })
const chapters: Chapter[] = [
  {
    id: '01-pods',
    title: { en: 'Pods', zh: '容器组' },
    summary: { en: 's', zh: 's' },
    labs: [labCard({ id: 'one', title: { en: 'First Pods', zh: '第一批' }, progress: progress(2) })],
  },
  {
    id: '05-services',
    title: { en: 'Services', zh: '服务' },
    summary: { en: 's', zh: 's' },
    labs: [
      labCard({ id: 'two', competencies: ['networking-3'], progress: progress(1, NOW_MS - 5) }),
      labCard({ id: 'three', progress: progress(1, NOW_MS) }),
      labCard({ id: 'four' }),
    ],
  },
]
const ids = (found: Chapter[]) => found.flatMap((chapter) => chapter.labs.map(({ id }) => id))

test('every word must be found, in either language, in the lab or in its chapter', () => {
  expect(ids(filterChapters(chapters, { ...NO_FILTER, text: 'first PODS' }))).toEqual(['one'])
  expect(ids(filterChapters(chapters, { ...NO_FILTER, text: '容器组' }))).toEqual(['one'])
  expect(ids(filterChapters(chapters, { ...NO_FILTER, text: 'first nothing' }))).toEqual([])
})

test('chapters without a match disappear', () => {
  expect(filterChapters(chapters, { ...NO_FILTER, domain: 'networking' }).map(({ id }) => id)).toEqual(['05-services'])
})

test('progress tells fresh, started and done labs apart', () => {
  expect(ids(filterChapters(chapters, { ...NO_FILTER, progress: 'done' }))).toEqual(['one'])
  expect(ids(filterChapters(chapters, { ...NO_FILTER, progress: 'started' }))).toEqual(['two', 'three'])
  expect(ids(filterChapters(chapters, { ...NO_FILTER, progress: 'fresh' }))).toEqual(['four'])
})

test('what is offered to continue is the lab seen last of those that are not done', () => {
  expect(labToContinue(chapters)?.id).toBe('three')
})

test('the next lab is the next one that is not done', () => {
  expect(labAfter(chapters, 'one')?.id).toBe('two')
  expect(labAfter(chapters, 'four')).toBeUndefined()
})

test('an address with nonsense in it means no filter', () => {
  expect(parseFilter({ domain: 'x', progress: 3, text: 42 })).toEqual({ text: '42' })
})
