/** Which rule of which HTTPRoute a request takes, and what its filters make of it. @see the precedence in HTTPRouteRule.matches */
import type { HttpRequest, HttpResponse } from '../../containers/network.js'
import { compilePattern } from '../../objects/pattern.js'
import { prefixMatches } from '../ingress/matching.js'
import { hostMatches, hostWeight } from './hosts.js'
import type { BackendRef, Filter, HeaderChange, HttpRoute, Match, Named, PathChange, Rule } from './kinds.js'
import { byAge } from './view.js'

export interface Taken {
  route: HttpRoute
  rule: Rule
  match: Match
}

const WHOLE: Match = { path: { type: 'PathPrefix', value: '/' } }

/** The whole text; an expression that cannot be read matches nothing, and its route says so. */
function patternFits(pattern: string, text: string): boolean {
  try {
    return compilePattern(`^(?:${pattern})$`).matcher(text).find()
  } catch {
    return false
  }
}

function pathFits({ path }: Match, asked: string): boolean {
  const { type = 'PathPrefix', value = '/' } = path ?? {}
  if (type === 'Exact') return asked === value
  return type === 'RegularExpression' ? patternFits(value, asked) : prefixMatches(value, asked)
}

export const valueFits = (type: string | undefined, wanted: string, found: string | null | undefined): boolean =>
  found !== undefined && found !== null && (type === 'RegularExpression' ? patternFits(wanted, found) : found === wanted)
export const headersFit = (wanted: Named[] | undefined, headers: Record<string, string>): boolean =>
  (wanted ?? []).every(({ type, name, value }) => valueFits(type, value, headers[name.toLowerCase()]))

function fits(match: Match, { method, path, headers }: HttpRequest): boolean {
  const [bare = '/', query = ''] = path.split('?')
  const parameters = new URLSearchParams(query)
  return (
    pathFits(match, bare) &&
    (match.method === undefined || match.method === method) &&
    headersFit(match.headers, headers) &&
    (match.queryParams ?? []).every(({ type, name, value }) => valueFits(type, value, parameters.get(name)))
  )
}

/** Larger goes first, place by place. */
const rank = ({ path, method, headers = [], queryParams = [] }: Match): number[] => [
  path?.type === 'Exact' ? 1 : 0,
  (path?.value ?? '/').length,
  method ? 1 : 0,
  headers.length,
  queryParams.length,
]

function compare(a: Taken & { host: string }, b: Taken & { host: string }): number {
  const left = [hostWeight(a.host), ...rank(a.match)]
  const right = [hostWeight(b.host), ...rank(b.match)]
  return firstDifference(left, right) || byAge(a.route, b.route)
}

/** Negative where the left has more at the first place where they differ. */
export function firstDifference(left: number[], right: number[]): number {
  for (const [index, value] of left.entries()) if (value !== right[index]) return (right[index] ?? 0) - value
  return 0
}

export function findRule(routes: HttpRoute[], host: string, request: HttpRequest): Taken | undefined {
  const found = routes.flatMap((route) => {
    const hosts = route.spec.hostnames?.length ? route.spec.hostnames : ['']
    return hosts
      .filter((pattern) => hostMatches(pattern, host))
      .flatMap((pattern) =>
        (route.spec.rules ?? [{}]).flatMap((rule: Rule) =>
          (rule.matches?.length ? rule.matches : [WHOLE])
            .filter((match) => fits(match, request))
            .map((match) => ({ route, rule, match, host: pattern })),
        ),
      )
  })
  return found.sort(compare)[0]
}

function changed(headers: Record<string, string>, { set = [], add = [], remove = [] }: HeaderChange): Record<string, string> {
  const result = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  for (const { name, value } of set) result[name.toLowerCase()] = value
  for (const { name, value } of add) {
    const before = result[name.toLowerCase()]
    result[name.toLowerCase()] = before === undefined ? value : `${before},${value}`
  }
  for (const name of remove) delete result[name.toLowerCase()]
  return result
}

function newPath(path: string, { path: matched }: Match, change: PathChange | undefined): string {
  if (!change) return path
  const [bare = '/', query] = path.split('?')
  const rest = bare.slice((matched?.value ?? '/').replace(/\/+$/, '').length)
  const made =
    change.type === 'ReplaceFullPath'
      ? (change.replaceFullPath ?? '/')
      : `${(change.replacePrefixMatch ?? '/').replace(/\/+$/, '')}${rest}`.replace(/^(?!\/)/, '/')
  return query === undefined ? made : `${made}?${query}`
}

/** Those of the rule, and of the backend that is taken. */
const filtersOf = ({ rule }: Pick<Taken, 'rule'>, backend: BackendRef): Filter[] => [
  ...(rule.filters ?? []),
  ...(backend.filters ?? []),
]

/** The request as the backend gets it. */
export function requestFor(request: HttpRequest, { rule, match }: Taken, backend: BackendRef): HttpRequest {
  let result = request
  for (const { requestHeaderModifier, urlRewrite } of filtersOf({ rule }, backend)) {
    if (requestHeaderModifier) result = { ...result, headers: changed(result.headers, requestHeaderModifier) }
    if (urlRewrite?.hostname) result = { ...result, headers: { ...result.headers, host: urlRewrite.hostname } }
    if (urlRewrite?.path) result = { ...result, path: newPath(result.path, match, urlRewrite.path) }
  }
  return result
}

export function responseFor(response: HttpResponse, taken: Taken, backend: BackendRef): HttpResponse {
  const changes = filtersOf(taken, backend).flatMap(({ responseHeaderModifier }) => responseHeaderModifier ?? [])
  let { headers } = response
  for (const change of changes) headers = changed(headers, change)
  return { ...response, headers }
}

/** The answer of a rule that sends clients elsewhere. */
export function redirectOf(
  { rule, match }: Taken,
  request: HttpRequest,
  at: { scheme: string; port: number },
): HttpResponse | undefined {
  const redirect = rule.filters?.find((filter: Filter) => filter.requestRedirect)?.requestRedirect
  if (!redirect) return undefined
  const scheme = redirect.scheme ?? at.scheme
  const usual = scheme === 'https' ? 443 : 80
  const port = redirect.port ?? (redirect.scheme ? usual : at.port)
  const host = redirect.hostname ?? (request.headers.host ?? '').split(':')[0]
  const location = `${scheme}://${host}${port === usual ? '' : `:${port}`}${newPath(request.path, match, redirect.path)}`
  return { status: redirect.statusCode ?? 302, headers: { Location: location, 'Content-Length': '0' }, body: '' }
}
