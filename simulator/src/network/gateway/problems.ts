/** Why a route is not served: it asks for what the simulated gateway does not do. The specification wants such a route refused. */
import { patternProblem } from '../../objects/pattern.js'
import type { AnyRule, Filter, Route } from './kinds.js'

const FILTERS: Record<string, string[]> = {
  HTTPRoute: ['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite', 'RequestMirror'],
  GRPCRoute: ['RequestHeaderModifier', 'ResponseHeaderModifier'],
}
/** At one backend of several. */
const BACKEND_FILTERS = ['RequestHeaderModifier', 'ResponseHeaderModifier']

/** The regular expressions of a match, whose dialect is each implementation's own. */
function patternsOf({ path, method, headers = [], queryParams = [] }: NonNullable<AnyRule['matches']>[number]): string[] {
  const ofMethod = typeof method === 'object' && method.type === 'RegularExpression' ? [method.service, method.method] : []
  const named = [...(path ? [path] : []), ...headers, ...queryParams].filter(({ type }) => type === 'RegularExpression')
  return [...named.map(({ value }) => value), ...ofMethod].flatMap((text) => text ?? [])
}

const isPattern = (text: string): boolean => patternProblem(text) === undefined

const strange = (filters: Filter[], known: string[]): string | undefined =>
  filters.find(({ type }) => !known.includes(type))?.type

function problemOfRule({ filters = [], backendRefs = [], matches = [] }: AnyRule, kind: string): string | undefined {
  const ofBackends = backendRefs.flatMap((each) => each.filters ?? [])
  const filter = strange(filters, FILTERS[kind] ?? []) ?? strange(ofBackends, BACKEND_FILTERS)
  if (filter) return `the simulated gateway has no filter ${filter} here`
  const pattern = matches.flatMap(patternsOf).find((text) => !isPattern(text))
  return pattern === undefined ? undefined : `${pattern} is no regular expression`
}

/** @returns a message for its `Accepted` condition */
export function problemOf({ kind, spec }: Route): string | undefined {
  for (const rule of spec.rules ?? []) {
    const problem = problemOfRule(rule, kind)
    if (problem) return problem
  }
  return undefined
}
