/** What a probe brought back: a value with the words for it. `primary` is what `expectThat(answer)` looks at. */
import type { Message } from '@wheelhouse/protocol'
import { remember } from '../read/provenance.js'

export interface AnswerWords {
  /** Field that `expectThat(answer)` looks at. */
  primary: string
  /** What each field is called. */
  subjects: Record<string, Message>
  seeWith: string
  /** For a field that another command shows. */
  seeFieldWith?: Record<string, string>
  /** Why there is no answer, where there is none: shown as what was found. */
  trouble?: Message | undefined
}

const words = new WeakMap<object, AnswerWords>()

export function answer<T extends object>(fields: T, spoken: AnswerWords): T {
  words.set(fields, spoken)
  const subjectOf = (field: string) => spoken.subjects[field] ?? spoken.subjects[spoken.primary] ?? { key: field }
  return remember(fields, {
    subject: subjectOf(spoken.primary),
    seeWith: spoken.seeWith,
    at: (field) => ({
      value: (fields as Record<string, unknown>)[field],
      subject: subjectOf(field),
      seeWith: spoken.seeFieldWith?.[field] ?? spoken.seeWith,
    }),
  })
}

export const answerWords = (value: unknown): AnswerWords | undefined =>
  typeof value === 'object' && value !== null ? words.get(value) : undefined
