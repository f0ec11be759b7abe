/** `expectThat(value, 'path or subject').is(3)`: a statement that counts for the check it stands in, with its evidence. */
import { isDeepStrictEqual } from 'node:util'
import type { Message } from '@wheelhouse/protocol'
import type { KubernetesObject } from '../api/json.js'
import { plain, provenanceOf } from '../read/provenance.js'
import { currentAttempt } from '../run/attempt.js'
import { message } from '../words.js'
import { answerWords } from './answer.js'
import { differenceWords, memberWords } from './difference.js'
import { isSameImage } from './image.js'
import type { Outcome } from './outcome.js'
import { quantity, sameQuantity } from './quantity.js'
import { show, showAll } from './show.js'

export interface ExpectOptions {
  /** A command that shows the value; where absent, the one of the value, or of what was read last. */
  seeWith?: string
}

/**
 * @param subject  for something read from the cluster: a path into it, such as `status.conditions[type=Ready].status`; for any other
 *   value: what it is, in the cluster's own words, or `say('key')` for a sentence
 */
export type ExpectThat = (value: unknown, subject?: string | Message, options?: ExpectOptions) => Expectation

interface Target {
  value: unknown
  subject: Message
  seeWith: string | undefined
  trouble?: Message | undefined
  /** The value is the thing itself, not a field of it: where it is missing, the thing is. */
  whole: boolean
}

function target(value: unknown, subject: string | Message | undefined, options: ExpectOptions): Target {
  const provenance = provenanceOf(value)
  const words = answerWords(value)
  const path = typeof subject === 'string' ? subject : words && subject === undefined ? words.primary : undefined
  if (provenance?.at && path !== undefined) {
    const found = provenance.at(path)
    return { ...found, seeWith: options.seeWith ?? found.seeWith, trouble: words?.trouble, whole: false }
  }
  const named = typeof subject === 'string' ? plain(subject) : subject
  return {
    value,
    subject: named ?? provenance?.subject ?? plain(show(value)),
    seeWith: options.seeWith ?? provenance?.seeWith ?? currentAttempt().lastSeenWith,
    whole: true,
  }
}

export const expectThat: ExpectThat = (value, subject, options = {}) => new Expectation(target(value, subject, options))

const isNothing = (value: unknown) => value === undefined || value === null
const items = (value: unknown): unknown[] =>
  isNothing(value)
    ? []
    : Array.isArray(value)
      ? value
      : value instanceof Set || value instanceof Map
        ? [...value]
        : Object.entries(value as object)
const isEmpty = (value: unknown) => (typeof value === 'string' ? value.trim() === '' : items(value).length === 0)

function holdsPart(value: unknown, part: unknown): boolean {
  if (typeof value === 'string') return value.includes(String(part))
  return items(value).some((item) => isDeepStrictEqual(item, part))
}

/** Two lists with the same members, whatever their order and however often. */
const sameMembers = (value: unknown, wanted: readonly unknown[]) => {
  const found = items(value)
  return wanted.every((one) => holdsPart(found, one)) && found.every((one) => holdsPart(wanted, one))
}

export class Expectation {
  readonly #target: Target
  constructor(subject: Target) {
    this.#target = subject
  }

  /** Equal, inside and out. A number is not its text. */
  is(wanted: unknown): Outcome {
    const holds = isDeepStrictEqual(this.#target.value, wanted)
    const words = holds || this.#target.trouble ? undefined : differenceWords(this.#target.value, wanted)
    if (!words) return this.#count(holds, message('expected.is', { value: show(wanted) }))
    const found = message('found.value', { value: words.found })
    return this.#record(false, { expected: message('expected.is', { value: words.wanted }), found }, 'positive')
  }
  isNot(unwanted: unknown): Outcome {
    return this.#count(
      !isDeepStrictEqual(this.#target.value, unwanted),
      message('expected.is-not', { value: show(unwanted) }),
      'negative',
    )
  }
  isOneOf(...wanted: unknown[]): Outcome {
    const holds = wanted.some((one) => isDeepStrictEqual(this.#target.value, one))
    return this.#count(holds, message('expected.one-of', { values: showAll(wanted) }))
  }
  isTrue(): Outcome {
    return this.#count(this.#target.value === true, message('expected.true'))
  }
  isFalse(): Outcome {
    return this.#count(this.#target.value === false, message('expected.false'))
  }
  /** The same image, however much of its name is written: `docker.io/library/nginx:1.28` is `nginx:1.28`. */
  isImage(wanted: string): Outcome {
    return this.#count(isSameImage(this.#target.value, wanted), message('expected.is', { value: wanted }))
  }
  /**
   * For guards: the object that was there when setup ended, not another of its name.
   * @param before from `baseline.find`
   * @throws Error where the baseline has none: setup did not make what the checker guards
   */
  isOriginal(before: KubernetesObject | undefined): Outcome {
    if (!before?.metadata?.uid) throw new Error('the baseline has no such object')
    const { value } = this.#target
    const holds = (value as KubernetesObject | undefined)?.metadata?.uid === before.metadata.uid
    const found = isNothing(value) || holds ? {} : { found: message('found.replaced') }
    return this.#record(holds, { expected: message('expected.original'), ...found }, 'negative')
  }
  /** A number, or a list's length. */
  isAtLeast(least: number): Outcome {
    return this.#count(this.#number() >= least, message('expected.at-least', { value: least }))
  }
  isAtMost(most: number): Outcome {
    return this.#count(this.#number() <= most, message('expected.at-most', { value: most }), 'negative')
  }
  /** The same amount, however it is written: `500m` is `0.5`. */
  isQuantity(wanted: string | number): Outcome {
    return this.#count(sameQuantity(this.#target.value, wanted), message('expected.is', { value: show(wanted) }))
  }
  isQuantityAtLeast(least: string | number): Outcome {
    return this.#count(quantity(this.#target.value) >= quantity(least), message('expected.at-least', { value: least }))
  }
  isQuantityAtMost(most: string | number): Outcome {
    return this.#count(quantity(this.#target.value) <= quantity(most), message('expected.at-most', { value: most }))
  }
  /** A text has this part, or a list this member. */
  contains(part: unknown): Outcome {
    return this.#count(holdsPart(this.#target.value, part), message('expected.contains', { value: show(part) }))
  }
  containsNot(part: unknown): Outcome {
    return this.#count(!holdsPart(this.#target.value, part), message('expected.contains-not', { value: show(part) }), 'negative')
  }
  matches(pattern: RegExp): Outcome {
    return this.#count(pattern.test(String(this.#target.value ?? '')), message('expected.matches', { pattern: String(pattern) }))
  }
  matchesNot(pattern: RegExp): Outcome {
    const holds = !pattern.test(String(this.#target.value ?? ''))
    return this.#count(holds, message('expected.matches-not', { pattern: String(pattern) }), 'negative')
  }
  /** No members, no characters but white space, or not there at all. */
  isEmpty(): Outcome {
    return this.#count(isEmpty(this.#target.value), message(this.#isList() ? 'expected.none' : 'expected.empty'), 'negative')
  }
  isNotEmpty(): Outcome {
    return this.#count(!isEmpty(this.#target.value), message(this.#isList() ? 'expected.some' : 'expected.not-empty'))
  }
  hasLength(count: number): Outcome {
    return this.#count(items(this.#target.value).length === count, message('expected.length', { count }))
  }
  /** The same members in any order. */
  equalsSet(wanted: Iterable<unknown>): Outcome {
    const all = [...wanted]
    const holds = sameMembers(this.#target.value, all)
    const words = holds || this.#target.trouble ? undefined : memberWords(items(this.#target.value), all)
    if (!words) return this.#count(holds, message('expected.set', { values: showAll(all) }))
    return this.#record(false, { expected: message('expected.length', { count: all.length }), found: words }, 'positive')
  }
  includesAll(wanted: Iterable<unknown>): Outcome {
    const all = [...wanted]
    const holds = all.every((one) => holdsPart(this.#target.value, one))
    return this.#count(holds, message('expected.includes-all', { values: showAll(all) }))
  }
  /** For `cluster.find` and for fields: there is no such thing. */
  isAbsent(): Outcome {
    return this.#count(isNothing(this.#target.value), message('expected.absent'), 'negative')
  }
  isPresent(): Outcome {
    return this.#count(!isNothing(this.#target.value), message('expected.present'))
  }
  /** For probes: nobody answered, as a NetworkPolicy wants it, or the name does not resolve. */
  getsNoAnswer(): Outcome {
    const silent = this.#target.trouble !== undefined
    return this.#record(silent, { expected: message('expected.no-answer') }, 'negative')
  }
  /** Anything else: `satisfies((image) => image.endsWith(':1'), say('first-release'))`. */
  satisfies<T = unknown>(predicate: (value: T) => boolean, expected: Message): Outcome {
    return this.#count(predicate(this.#target.value as T), expected)
  }

  #isList(): boolean {
    return Array.isArray(this.#target.value) || this.#target.value instanceof Set
  }

  #number(): number {
    const { value } = this.#target
    if (typeof value === 'number') return value
    if (value instanceof Set || value instanceof Map || Array.isArray(value)) return items(value).length
    return isNothing(value) ? 0 : Number(value)
  }

  /** A `negative` wish (absent, empty, not this) is settled by what is there, so its failing is never "not there yet". */
  #count(wish: boolean, expected: Message, sense: 'positive' | 'negative' = 'positive'): Outcome {
    return this.#record(wish && !this.#target.trouble, { expected }, sense)
  }

  #record(holds: boolean, words: { expected: Message; found?: Message }, sense: 'positive' | 'negative'): Outcome {
    const { value, subject, seeWith, trouble, whole } = this.#target
    const missing = isNothing(value) || (typeof value === 'object' && isEmpty(value))
    const outcome: Outcome = {
      holds,
      absent: !holds && whole && missing && sense === 'positive',
      evidence: { holds, subject, found: trouble ?? describe(value, whole), ...words, ...(seeWith ? { seeWith } : {}) },
    }
    currentAttempt().outcomes.push(outcome)
    return outcome
  }
}

/** What was found. A whole object is not poured out: that it is there is the finding. */
function describe(value: unknown, whole: boolean): Message {
  if (isNothing(value)) return message('found.absent')
  if (value === true) return message('found.true')
  if (value === false) return message('found.false')
  if (typeof value === 'string' && value.trim() === '') return message('found.empty')
  if (typeof value !== 'object') return message('found.value', { value: show(value) })
  if (Array.isArray(value) || value instanceof Set) return describeMembers([...value])
  return whole && provenanceOf(value) ? message('found.present') : message('found.value', { value: show(value) })
}

function describeMembers(members: unknown[]): Message {
  if (members.length === 0) return message('found.none')
  const names = members.map((member) => (member as { metadata?: { name?: string } } | null)?.metadata?.name ?? member)
  return message('found.length', { count: members.length, values: showAll(names) })
}

/** Holds where one of them does: for tasks with several right ways. Their own evidence is shown only where none holds. */
export function anyOf(...outcomes: Outcome[]): Outcome {
  const attempt = currentAttempt()
  attempt.outcomes = attempt.outcomes.filter((outcome) => !outcomes.includes(outcome))
  const first = outcomes.find((outcome) => outcome.holds)
  if (first) {
    attempt.outcomes.push(first)
    return first
  }
  attempt.outcomes.push(...outcomes)
  return outcomes[0] ?? fail()
}

function fail(): never {
  throw new TypeError('anyOf needs at least one expectation')
}
