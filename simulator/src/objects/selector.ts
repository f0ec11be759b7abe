/** Label and field selectors: their texts, and LabelSelector objects. @see apimachinery/pkg/labels */
import type { LabelSelector } from '../schema/kubernetes.generated.js'
import { parseRequirements, type Requirement } from './label-parser.js'
import { failure } from './status.js'

export type Labels = Record<string, string> | undefined
export type LabelMatcher = (labels: Labels) => boolean

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

/** `app=web,tier in (a, b),!legacy`. @throws ApiError 400 with upstream's wording where it cannot be read */
export const parseLabelSelector = (text: string | undefined | null): LabelMatcher =>
  text?.trim() ? all(parseRequirements(text)) : everything

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
