/** `/readyz`, `/livez` and `/healthz`: one check for each part of an API server, by the names that upstream gives them. */
import type { HttpAnswer } from './http.js'

const HOOKS = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`)

const LAST = [
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]
const ALIVE = ['ping', 'log', 'loopback-serving-certificate', 'etcd', ...HOOKS, ...LAST]

/** In upstream's order. */
export const checksByName: Readonly<Record<string, string[]>> = {
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...HOOKS, ...LAST, 'shutdown'],
  livez: ALIVE,
  healthz: ALIVE,
}

const text = (bytes: string): HttpAnswer => ({ type: 'bytes', code: 200, contentType: 'text/plain; charset=utf-8', bytes })

/** Every path of the checks, for the list of paths. */
export const healthPaths: string[] = Object.entries(checksByName).flatMap(([name, checks]) => [
  `/${name}`,
  ...checks.map((check) => `/${name}/${check}`),
])

/** The parts of one process stand and fall together: what answers at all is well. @returns undefined for a path that is no check */
export function healthAnswer(path: string, query: URLSearchParams): HttpAnswer | undefined {
  const [, name = '', check] = /^\/(readyz|livez|healthz)(?:\/(.+))?$/.exec(path) ?? []
  const checks = checksByName[name]
  if (!checks) return undefined
  if (check !== undefined) return checks.includes(check) ? text('ok') : undefined
  if (!query.has('verbose')) return text('ok')
  const excluded = new Set(query.getAll('exclude'))
  const unknown = [...excluded].filter((each) => !checks.includes(each))
  const lines = checks.map((each) => `[+]${each} ${excluded.has(each) ? 'excluded: ok' : 'ok'}\n`)
  const warning = unknown.length
    ? `warn: some health checks cannot be excluded: no matches for ${unknown.map((each) => JSON.stringify(each)).join(', ')}\n`
    : ''
  return text(`${lines.join('')}${warning}${name} check passed\n`)
}
