/** What the API server tells of itself: who issues tokens, since when it runs, with which flags, how its checks stand. */
import type { Endpoints } from '../../schema/kubernetes.generated.js'
import { VERSION } from '../../version.js'
import type { ApiContext } from '../context.js'
import type { ApiServer } from '../server.js'
import { checksByName } from './health.js'
import { type HttpAnswer, textAnswer } from './http.js'

/** Where the API server is reached from outside of the cluster's network: an address of a node. */
export function serverAddress({ store }: ApiContext): string {
  const endpoints = store.get('endpoints', 'default/kubernetes') as Endpoints | undefined
  return `${endpoints?.subsets?.[0]?.addresses?.[0]?.ip ?? 'controlplane'}:6443`
}

/** @see pkg/serviceaccount/openidmetadata.go */
function openIdConfiguration(context: ApiContext): HttpAnswer {
  const { issuer, tokenKeys } = context.facts
  const document = {
    issuer,
    jwks_uri: `https://${serverAddress(context)}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: (tokenKeys?.() ?? []).map(({ alg }) => alg),
  }
  return textAnswer('application/json', JSON.stringify(document))
}

const CAUTION =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.'
const PLAIN = 'text/plain; charset=utf-8'
const HOUR_S = 3600

/** `Fri Nov 27 19:11:24 UTC 2026` */
function unixDate(ms: number): string {
  const [weekday, day, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} UTC ${year}`
}

/** @see component-base/zpages/statusz */
function statusPage({ context, requests }: ApiServer): HttpAnswer {
  const up = Math.floor((context.clock.now() - requests.startedAtMs) / 1000)
  const lines = [
    ['Started', unixDate(requests.startedAtMs)],
    [
      'Up',
      `${Math.floor(up / HOUR_S)} hr ${Math.floor((up % HOUR_S) / 60)
        .toString()
        .padStart(2, '0')} min ${(up % 60).toString().padStart(2, '0')} sec`,
    ],
    ['Go version', VERSION.goVersion],
    ['Binary version', VERSION.gitVersion.slice(1)],
    ['Emulation version', `${VERSION.emulationMajor}.${VERSION.emulationMinor}`],
    ['Paths', '/flagz /healthz /livez /metrics /readyz /statusz /version'],
  ].map(([name, value]) => `${name}= ${value}\n`)
  return textAnswer(PLAIN, `\napiserver statusz\n${CAUTION}\n\n${lines.join('')}`)
}

/** The flags that describe this cluster, by the names of kube-apiserver. */
function flagsPage({ context }: ApiServer): HttpAnswer {
  const { serviceRange, nodePorts, issuer } = context.facts
  const flags = {
    'advertise-address': serverAddress(context).replace(/:\d+$/, ''),
    'authorization-mode': '[Node,RBAC]',
    'enable-admission-plugins': '[NodeRestriction]',
    'secure-port': '6443',
    'service-account-issuer': `[${issuer ?? ''}]`,
    'service-cluster-ip-range': `${serviceRange}.0.0/16`,
    'service-node-port-range': `${nodePorts.first}-${nodePorts.last}`,
  }
  const lines = Object.entries(flags).map(([name, value]) => `${name}:${value}\n`)
  return textAnswer(PLAIN, `\napiserver flagz\n${CAUTION}\n${lines.join('')}`)
}

/** @see component-base/metrics/prometheus/slis */
function serviceLevels(): HttpAnswer {
  const checks = Object.entries(checksByName)
    .flatMap(([type, names]) => names.map((name) => ({ name, type })))
    .sort((left, right) => (`${left.name} ${left.type}` < `${right.name} ${right.type}` ? -1 : 1))
  const states = checks.map(({ name, type }) => `kubernetes_healthcheck{name="${name}",type="${type}"} 1\n`)
  const head = '# HELP kubernetes_healthcheck [STABLE] This metric records the result of a single healthcheck.\n'
  return textAnswer('text/plain; version=0.0.4; charset=utf-8', `${head}# TYPE kubernetes_healthcheck gauge\n${states.join('')}`)
}

const PAGES: Record<string, (server: ApiServer) => HttpAnswer> = {
  '/.well-known/openid-configuration': ({ context }) => openIdConfiguration(context),
  '/openid/v1/jwks': ({ context }) =>
    textAnswer('application/jwk-set+json', JSON.stringify({ keys: context.facts.tokenKeys?.() ?? [] })),
  '/statusz': statusPage,
  '/flagz': flagsPage,
  '/metrics/slis': serviceLevels,
}

export const aboutPaths: string[] = Object.keys(PAGES)

/** Absent where the path is no such page. */
export const aboutAnswer = (server: ApiServer, path: string): HttpAnswer | undefined => PAGES[path]?.(server)
