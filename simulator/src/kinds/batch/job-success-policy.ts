/** `successPolicy` of an indexed Job, and lists of indexes such as `0,2-5`. */
import type { FieldErrors } from '../../objects/field-errors.js'
import type { JobSpec, SuccessPolicyRule } from '../../schema/kubernetes.generated.js'
import { nonNegative } from '../checks.js'

const MOST_RULES = 20
const LONGEST_INDEXES = 64 * 1024

/** How many indexes the text names, or what is wrong with it. */
export function countIndexes(text: string, completions: number): number | string {
  let last = -1
  let total = 0
  for (const part of text ? text.split(',') : []) {
    const bounds = part.split('-')
    if (bounds.length > 2)
      return `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`
    const numbers = bounds.map(Number)
    const bad = bounds.find((bound) => !/^[+-]?\d+$/.test(bound))
    if (bad !== undefined) return `cannot convert string to integer for index: ${JSON.stringify(bad)}`
    const [first = 0, end = first] = numbers
    const beyond = numbers.find((number) => number >= completions)
    if (beyond !== undefined) return `too large index: ${JSON.stringify(String(beyond))}`
    if (first > end || (bounds.length === 2 && first === end)) return `non-increasing order, previous: ${first}, current: ${end}`
    if (last >= first) return `non-increasing order, previous: ${last}, current: ${first}`
    total += end - first + 1
    last = end
  }
  return total
}

function validateRule(
  { succeededIndexes, succeededCount }: SuccessPolicyRule,
  path: string,
  completions: number,
  errors: FieldErrors,
): void {
  if (succeededCount === undefined && succeededIndexes === undefined)
    errors.required(path, 'at least one of succeededCount or succeededIndexes must be specified')
  const count = succeededIndexes === undefined ? 0 : countIndexes(succeededIndexes, completions)
  if ((succeededIndexes ?? '').length > LONGEST_INDEXES) errors.tooLong(`${path}.succeededIndexes`, LONGEST_INDEXES)
  if (typeof count === 'string')
    errors.invalid(`${path}.succeededIndexes`, succeededIndexes, `error parsing succeededIndexes: ${count}`)
  if (succeededCount === undefined) return
  const at = `${path}.succeededCount`
  nonNegative(succeededCount, at, errors)
  if (succeededCount > completions)
    errors.invalid(at, succeededCount, `must be less than or equal to ${completions} (the number of specified completions)`)
  const named = typeof count === 'string' ? 0 : count
  if (succeededIndexes !== undefined && succeededCount > named)
    errors.invalid(
      at,
      succeededCount,
      `must be less than or equal to ${named} (the number of indexes in the specified succeededIndexes field)`,
    )
}

export function validateSuccessPolicy(spec: JobSpec, path: string, errors: FieldErrors): void {
  const rules = spec.successPolicy?.rules ?? []
  if (rules.length === 0)
    errors.required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified')
  if (rules.length > MOST_RULES) errors.tooMany(`${path}.rules`, rules.length, MOST_RULES)
  for (const [index, rule] of rules.entries()) validateRule(rule, `${path}.rules[${index}]`, spec.completions ?? 0, errors)
}
