/** The routes of all Ingresses of one class, and which of them a request takes. Models the template of ingress-nginx 1.13. */
import type { RE2JS } from 're2js'
import type { Informers } from '../../controllers/runtime/informer.js'
import { keyOf } from '../../objects/object.js'
import { compilePattern } from '../../objects/pattern.js'
import type { Ingress, IngressBackend } from '../../schema/kubernetes.generated.js'
import { hostMatches, hostWeight, prefixMatches } from './matching.js'

export interface IngressRoute {
  ingress: Ingress
  host: string
  path: string
  /** `literal`: whatever begins so, as a location of nginx does. */
  type: 'exact' | 'prefix' | 'literal'
  backend: IngressBackend
}

const ANNOTATION = 'nginx.ingress.kubernetes.io/'
export const annotation = (ingress: Ingress, name: string): string | undefined =>
  ingress.metadata.annotations?.[`${ANNOTATION}${name}`]
export const isOn = (ingress: Ingress, name: string): boolean => annotation(ingress, name) === 'true'

/** What this router does for an Ingress; an annotation that is none of these is told of in the log. */
export const KNOWN_ANNOTATIONS = [
  'rewrite-target',
  'use-regex',
  'ssl-redirect',
  'force-ssl-redirect',
  'app-root',
  'permanent-redirect',
  'temporal-redirect',
  'canary',
  'canary-weight',
  'canary-by-header',
  'canary-by-header-value',
  'whitelist-source-range',
  'allowlist-source-range',
  'backend-protocol',
  'upstream-vhost',
]
export const unknownAnnotations = (ingress: Ingress): string[] =>
  Object.keys(ingress.metadata.annotations ?? {}).filter(
    (name) => name.startsWith(ANNOTATION) && !KNOWN_ANNOTATIONS.includes(name.slice(ANNOTATION.length)),
  )

/** Whether a controller that calls itself `controller` takes care of the Ingress. */
export function isOurs(
  informers: Informers,
  ingress: Ingress,
  { controller, legacyClass }: { controller: string; legacyClass: string },
): boolean {
  const legacy = ingress.metadata.annotations?.['kubernetes.io/ingress.class']
  if (legacy !== undefined) return legacy === legacyClass
  const name = ingress.spec.ingressClassName
  return name !== undefined && informers.get('IngressClass', name)?.spec.controller === controller
}

/** A path as the expression of a location, from where `before` says; undefined where it is none. */
export function locationPattern(path: string, before: '^' | ''): RE2JS | undefined {
  try {
    return compilePattern(`(?i)${before}${path}`)
  } catch {
    return undefined
  }
}

const TYPES: Record<string, IngressRoute['type']> = { Exact: 'exact', Prefix: 'prefix' }

/** Whether it turns every path of its host into an expression, those of other Ingresses too. */
function enforcesPatterns({ ingress, path }: IngressRoute): boolean {
  const target = annotation(ingress, 'rewrite-target')
  return isOn(ingress, 'use-regex') || (target !== undefined && target !== '' && target !== path)
}

/** A default backend takes what no rule does: of every other host, and the rest of the paths of the hosts that the rules name. */
export function routesOf(ingress: Ingress): IngressRoute[] {
  const { rules = [], defaultBackend } = ingress.spec
  const routes = rules.flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map(({ path = '/', pathType, backend }) => ({
      ingress,
      host,
      path: path || '/',
      type: TYPES[pathType] ?? ('literal' as const),
      backend,
    })),
  )
  if (!defaultBackend) return routes
  const hosts = [...new Set(['', ...rules.map(({ host = '' }) => host)])]
  const rest = hosts.filter(
    (host) => !routes.some((route) => route.host === host && route.path === '/' && route.type !== 'exact'),
  )
  return [
    ...routes,
    ...rest.map((host) => ({
      ingress,
      host,
      path: '/',
      type: 'prefix' as const,
      backend: defaultBackend,
    })),
  ]
}

function pathMatches(route: IngressRoute, path: string, asPatterns: boolean): boolean {
  if (asPatterns) return locationPattern(route.path, '^')?.matcher(path).find() ?? false
  if (route.type === 'exact') return route.path === path
  return route.type === 'prefix' ? prefixMatches(route.path, path) : path.startsWith(route.path)
}

/**
 * Whole hosts before wildcards, exact paths before long prefixes before short ones; the longest expression where paths are expressions.
 * Another host's paths are not looked at. @see https://kubernetes.github.io/ingress-nginx/user-guide/ingress-path-matching/
 */
function best(routes: IngressRoute[], host: string, path: string): IngressRoute | undefined {
  const forHost = routes.filter((route) => hostMatches(route.host, host))
  const weight = Math.max(...forHost.map((route) => hostWeight(route.host)))
  const ofHost = forHost.filter((route) => hostWeight(route.host) === weight)
  const asPatterns = ofHost.some(enforcesPatterns)
  const isExact = ({ type }: IngressRoute) => Number(type === 'exact' && !asPatterns)
  const [first] = ofHost
    .filter((route) => pathMatches(route, path, asPatterns))
    .sort((a, b) => isExact(b) - isExact(a) || b.path.length - a.path.length)
  return first
}

/** Of two with the same host and path the older one holds. */
const byAge = (a: Ingress, b: Ingress): number =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') || keyOf(a).localeCompare(keyOf(b))

export interface Asked {
  host: string
  path: string
  headers: Record<string, string>
  /** 0 to 99, by chance. */
  dice: number
}

export function findRoute(ingresses: Ingress[], asked: Asked): IngressRoute | undefined {
  const sorted = [...ingresses].sort(byAge)
  const main = sorted.filter((ingress) => !isOn(ingress, 'canary')).flatMap(routesOf)
  const found = best(main, asked.host, asked.path)
  if (!found) return undefined
  const canary = sorted
    .filter((ingress) => isOn(ingress, 'canary') && takesCanary(ingress, asked))
    .flatMap(routesOf)
    .find((route) => route.host === found.host && route.path === found.path)
  return canary ? { ...found, backend: canary.backend } : found
}

/** A header decides before the weight. @see https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#canary */
function takesCanary(ingress: Ingress, { headers, dice }: Asked): boolean {
  const header = annotation(ingress, 'canary-by-header')
  const value = header ? headers[header.toLowerCase()] : undefined
  const wanted = annotation(ingress, 'canary-by-header-value')
  if (value !== undefined && wanted !== undefined && value === wanted) return true
  if (value === 'always' && wanted === undefined) return true
  if (value === 'never' && wanted === undefined) return false
  return dice < Number(annotation(ingress, 'canary-weight') ?? 0)
}
