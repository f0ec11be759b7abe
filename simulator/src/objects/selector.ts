/** Label and field selectors: their texts, and LabelSelector objects. @see apimachinery/pkg/labels */
import type { LabelSelector } from '../schema/kubernetes.generated.js'
import { failure } from './status.js'

export type Labels = Record<string, string> | undefined
export type LabelMatcher = (labels: Labels) => boolean

interface Requirement {
  key: string
  operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'
  values: string[]
}

export const everything: LabelMatcher = () => true
export const nothing: LabelMatcher = () => false

/** More values than these are looked up, not gone through: a selector may name hundreds, and a list hold thousands of objects. */
const FEW_VALUES = 8

function meets({ key, operator, values, lookup }: Compiled, labels: Labels): boolean {
  const value = labels?.[key]
  switch (operator) {
    case 'in':
      return value !== undefined && lookup(value)
    case 'notin':
      return value === undefined || !lookup(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'lt':
      return value !== undefined && Number(value) < Number(values[0])
  }
}

interface Compiled extends Requirement {
  lookup: (value: string) => boolean
}

function compiledOf(requirement: Requirement): Compiled {
  const { values } = requirement
  if (values.length <= FEW_VALUES) return { ...requirement, lookup: (value) => values.includes(value) }
  const set = new Set(values)
  return { ...requirement, lookup: (value) => set.has(value) }
}

function all(requirements: Requirement[]): LabelMatcher {
  const compiledOnes = requirements.map(compiledOf)
  return (labels) => compiledOnes.every((requirement) => meets(requirement, labels))
}

/** Of a term whose spaces were trimmed and folded: nothing is tried twice. */
const TERM = /^(!?) ?([^\s!=<>(),]+) ?(?:(==|!=|=|>|<) ?([^\s,()]*)| ?(?<=\s)(in|notin) ?\(([^()]*)\))?$/

/** `app=web,tier in (a, b),!legacy`. @throws ApiError 400 with upstream's wording where it cannot be read */
export function parseLabelSelector(text: string | undefined | null): LabelMatcher {
  if (!text?.trim()) return everything
  return all(splitTerms(text).map(parseTerm))
}

/** Splits at commas outside parentheses. */
function splitTerms(text: string): string[] {
  const terms: string[] = []
  let depth = 0
  let start = 0
  for (let index = 0; index < text.length; index++) {
    const letter = text[index]
    if (letter === '(') depth++
    else if (letter === ')') depth--
    else if (letter === ',' && depth === 0) {
      terms.push(text.slice(start, index))
      start = index + 1
    }
  }
  terms.push(text.slice(start))
  return terms
}

function parseTerm(source: string): Requirement {
  const term = source.trim().split(/\s+/).join(' ')
  const match = TERM.exec(term)
  const unreadable = () =>
    failure.badRequest(
      `unable to parse requirement: found '${term.trim()}', expected: identifier, '!', 'in', 'notin', '=', '==', '!=', '>', '<'`,
    )
  if (!match && / in ?\([^)]*$/.test(term))
    throw failure.badRequest("unable to parse requirement: found '', expected: ',' or ')'")
  if (!match) throw unreadable()
  const [, not, key = '', sign, value = '', word, list] = match
  if (not) {
    if (sign || word) throw unreadable()
    return { key, operator: '!', values: [] }
  }
  if (word) return { key, operator: word as 'in' | 'notin', values: (list ?? '').split(',').map((item) => item.trim()) }
  if (sign === '!=') return { key, operator: 'notin', values: [value] }
  if (sign === '>') return { key, operator: 'gt', values: [value] }
  if (sign === '<') return { key, operator: 'lt', values: [value] }
  if (sign) return { key, operator: 'in', values: [value] }
  return { key, operator: 'exists', values: [] }
}

const OPERATORS = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt' } as const

const compiled = new WeakMap<object, LabelMatcher>()

/** A LabelSelector object. Absent matches nothing, empty matches everything. */
export function selectorOf(selector: LabelSelector | undefined | null): LabelMatcher {
  if (!selector) return nothing
  const known = compiled.get(selector)
  if (known) return known
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'in',
    values: [value],
  }))
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    requirements.push({ key, operator: OPERATORS[operator as keyof typeof OPERATORS] ?? '!', values: values ?? [] })
  }
  const matcher = all(requirements)
  compiled.set(selector, matcher)
  return matcher
}

/** A plain map of labels, as Services and ReplicationControllers select. Absent and empty match nothing. */
export const selectorOfMap = (map: Record<string, string> | undefined): LabelMatcher =>
  map && Object.keys(map).length > 0
    ? all(Object.entries(map).map(([key, value]) => ({ key, operator: 'in', values: [value] })))
    : nothing

/** The text of a LabelSelector, as `kubectl get -o wide` prints it. */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (!selector) return '<none>'
  const parts = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    if (operator === 'In' || operator === 'NotIn')
      parts.push(`${key} ${operator.toLowerCase()} (${[...(values ?? [])].sort().join(',')})`)
    else parts.push(operator === 'DoesNotExist' ? `!${key}` : key)
  }
  return parts.sort().join(',') || '<none>'
}

/** `status.phase!=Running,spec.nodeName=node01` as comparisons. @throws ApiError 400 where it cannot be read */
export function parseFieldSelector(text: string | undefined | null): { field: string; equals: boolean; value: string }[] {
  if (!text) return []
  return text
    .split(',')
    .filter((term) => term)
    .map((term) => {
      const match = /^([^!=]+)(!=|==|=)(.*)$/.exec(term)
      if (!match) throw failure.badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
      const [, field = '', sign, value = ''] = match
      return { field: field.trim(), equals: sign !== '!=', value }
    })
}
