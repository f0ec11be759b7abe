/** The routes of all Ingresses of one class, and which of them a request takes. Models the template of ingress-nginx 1.13. */
import type { Informers } from '../../controllers/runtime/informer.js'
import type { Ingress, IngressBackend } from '../../schema/kubernetes.generated.js'
import { hostMatches, hostWeight, prefixMatches } from './matching.js'

export interface IngressRoute {
  ingress: Ingress
  host: string
  path: string
  exact: boolean
  /** The path as a regular expression, where an annotation says so. */
  pattern: RegExp | undefined
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

function patternOf(ingress: Ingress, path: string): RegExp | undefined {
  const target = annotation(ingress, 'rewrite-target')
  if (!isOn(ingress, 'use-regex') && !(target && /\$\d/.test(target))) return undefined
  try {
    return new RegExp(`^${path}`, 'i')
  } catch {
    return undefined
  }
}

/** A default backend takes what no rule does: of every other host, and the rest of the paths of the hosts that the rules name. */
export function routesOf(ingress: Ingress): IngressRoute[] {
  const { rules = [], defaultBackend } = ingress.spec
  const routes = rules.flatMap(({ host = '', http }) =>
    (http?.paths ?? []).map(({ path = '/', pathType, backend }) => ({
      ingress,
      host,
      path: path || '/',
      exact: pathType === 'Exact',
      pattern: patternOf(ingress, path || '/'),
      backend,
    })),
  )
  if (!defaultBackend) return routes
  const hosts = [...new Set(['', ...rules.map(({ host = '' }) => host)])]
  const rest = hosts.filter((host) => !routes.some((route) => route.host === host && route.path === '/' && !route.exact))
  return [
    ...routes,
    ...rest.map((host) => ({
      ingress,
      host,
      path: '/',
      exact: false,
      pattern: undefined,
      backend: defaultBackend,
    })),
  ]
}

const pathMatches = (route: IngressRoute, path: string): boolean =>
  route.pattern ? route.pattern.test(path) : route.exact ? route.path === path : prefixMatches(route.path, path)

/** Whole hosts before wildcards, exact paths before long prefixes before short ones. Another host's paths are not looked at. */
function best(routes: IngressRoute[], host: string, path: string): IngressRoute | undefined {
  const forHost = routes.filter((route) => hostMatches(route.host, host))
  const weight = Math.max(...forHost.map((route) => hostWeight(route.host)))
  const candidates = forHost.filter((route) => hostWeight(route.host) === weight && pathMatches(route, path))
  const [first] = candidates.sort((a, b) => Number(b.exact) - Number(a.exact) || b.path.length - a.path.length)
  return first
}

export interface Asked {
  host: string
  path: string
  headers: Record<string, string>
  /** 0 to 99, by chance. */
  dice: number
}

export function findRoute(ingresses: Ingress[], asked: Asked): IngressRoute | undefined {
  const main = ingresses.filter((ingress) => !isOn(ingress, 'canary')).flatMap(routesOf)
  const found = best(main, asked.host, asked.path)
  if (!found) return undefined
  const canary = ingresses
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
