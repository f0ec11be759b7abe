/**
 * A Service that does not answer may only be late: its endpoints follow its Pods, and the nodes' rules follow the endpoints, with a
 * pause after every failure on the way. So whoever met silence looks behind the Service before he says that it is wrong.
 */
import type { Kinds, Pod } from '../api/json.js'
import { provenanceOf } from '../read/provenance.js'
import type { Reader } from '../read/reader.js'
import { currentAttempt } from '../run/attempt.js'
import { type Judgement, progressing } from '../settle/judgement.js'
import { message } from '../words.js'

/** The controller of EndpointSlices tries again after 1, 2, 4, 8 s (`pkg/controller/endpointslice`). */
const ENDPOINTS_PATIENCE_MS = 15_000
/** kube-proxy writes a node's rules again 30 s after it failed to (`pkg/proxy/runner`). */
const RULES_PATIENCE_MS = 35_000

interface Silence {
  url: string
  /** Of the Pod that asked: a short name means a Service of this namespace. */
  namespace: string
  /** Whether another URL answers the same Pod. */
  answers: (url: string) => Promise<boolean>
}

type Service = Kinds['Service']

/** Adds what it found to the attempt: the objects behind the Service, and why they are still on their way, if they are. */
export async function judgeServiceBehind(reader: Reader, silence: Silence): Promise<void> {
  // curl takes an address without a scheme too.
  const url = new URL(silence.url.includes('://') ? silence.url : `http://${silence.url}`)
  const service = await serviceOf(reader, url.hostname, silence.namespace)
  if (!service?.spec?.selector) return
  const judgement = await judgeService(reader, service, { ...silence, url })
  const of = provenanceOf(service)?.subject
  if (judgement) currentAttempt().judgements.push(of ? { ...judgement, of } : judgement)
}

async function serviceOf(reader: Reader, host: string, namespace: string): Promise<Service | undefined> {
  if (!/^[\d.]+$/.test(host)) {
    const [name = '', inNamespace = namespace] = host.split('.')
    return reader.find('Service', inNamespace, name)
  }
  const services = await reader.list('Service')
  return services.find(({ spec }) => spec?.clusterIP === host)
}

async function judgeService(
  reader: Reader,
  service: Service,
  { url, answers }: { url: URL; answers: Silence['answers'] },
): Promise<Judgement | undefined> {
  const { namespace, name } = service.metadata ?? {}
  const labels = Object.entries(service.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`)
  const pods = await reader.list('Pod', { namespace, labels: labels.join(',') })
  const slices = await reader.list('EndpointSlice', { namespace, labels: `kubernetes.io/service-name=${name}` })
  const known = new Set(slices.flatMap(addressesOf))
  const missing = pods.filter((pod) => isReady(pod) && !known.has(pod.status?.podIP ?? ''))
  if (missing.length > 0) return progressing(message('found.endpoints-missing', { count: missing.length }), ENDPOINTS_PATIENCE_MS)
  const direct = directUrl(url, service, slices)
  if (direct === undefined || !(await answers(direct))) return undefined
  return progressing(message('found.endpoint-answers', { url: direct }), RULES_PATIENCE_MS)
}

const isReady = ({ metadata, status }: Pod) =>
  !metadata?.deletionTimestamp && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')

const addressesOf = ({ endpoints }: Kinds['EndpointSlice']) =>
  (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses)

/** The same request to an endpoint itself; undefined where the Service has none for this port. */
function directUrl(url: URL, service: Service, slices: Kinds['EndpointSlice'][]): string | undefined {
  const asked = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const port = service.spec?.ports?.find((one) => one.port === asked)
  // Without an address of its own its name leads to the endpoints themselves, by the port that was asked: nothing stands between.
  if (!port || service.spec?.clusterIP === 'None') return undefined
  for (const slice of slices) {
    const [address] = addressesOf(slice)
    const number = slice.ports?.find((one) => (one.name ?? '') === (port.name ?? ''))?.port
    if (address === undefined || number === undefined) continue
    return `${url.protocol}//${address.includes(':') ? `[${address}]` : address}:${number}${url.pathname}${url.search}`
  }
  return undefined
}
