/** The zone of a cluster: Services, headless ones, their Pods, reverse names. Models plugin/kubernetes of CoreDNS 1.14. @see dns-specification */
import type { Informers } from '../../controllers/runtime/informer.js'
import type { LabelMatcher } from '../../objects/selector.js'
import type { Endpoint, EndpointSlice, ObjectMeta, Service } from '../../schema/kubernetes.generated.js'
import { slicesOf } from '../kube-proxy.js'
import {
  addressOfReverse,
  type DnsRecord,
  fullName,
  isWithin,
  type Question,
  type RecordType,
  type Response,
  response,
} from './message.js'

export interface KubernetesZone {
  /** `cluster.local.` and reverse zones. */
  zones: string[]
  pods: 'disabled' | 'insecure' | 'verified'
  ttl: number
  /** Zones of which unknown names go on to the next plugin; `.` stands for all. */
  fallthrough: string[]
  /** The only ones that have names; empty: all. */
  namespaces: string[]
  namespaceLabels: LabelMatcher | undefined
  /** The only Services, slices and Pods that have names. */
  labels: LabelMatcher | undefined
  /** Endpoints without a host name are called after their Pods. */
  endpointPodNames: boolean
  /** Whether endpoints, and with them headless Services, have names. */
  endpoints: boolean
  /** A Service without endpoints has no name. */
  ignoresEmpty: boolean
}

/** What stands for one service record: an address or a name, and its port. */
interface Found {
  name: string
  address?: string
  target?: string
  port: number
}

const SERIAL_TIMES = '7200 1800 86400'

export class KubernetesPlugin {
  constructor(
    readonly informers: Informers,
    readonly options: KubernetesZone,
  ) {}

  get #primary(): string {
    return this.options.zones.find((zone) => !zone.endsWith('.arpa.')) ?? 'cluster.local.'
  }

  /** @returns undefined where the name goes on to the next plugin */
  answer(question: Question): Response | undefined {
    const zone = this.options.zones.filter((each) => isWithin(question.name, each)).sort((a, b) => b.length - a.length)[0]
    if (zone === undefined) return undefined
    const found = zone.endsWith('.arpa.') ? this.#reverse(question) : this.#forward(question, zone)
    if (found) return found
    if (this.options.fallthrough.some((each) => isWithin(question.name, each))) return undefined
    return response('NXDOMAIN', { authoritative: true, authority: [this.#soa(zone)] })
  }

  #soa(zone: string): DnsRecord {
    const serial = Math.floor(this.informers.clock.now() / 1000)
    const data = `ns.dns.${zone} hostmaster.${zone} ${serial} ${SERIAL_TIMES} ${this.options.ttl}`
    return { name: zone, type: 'SOA', ttl: this.options.ttl, data }
  }

  #empty(zone: string): Response {
    return response('NOERROR', { authoritative: true, authority: [this.#soa(zone)] })
  }

  #record(name: string, type: RecordType, data: string): DnsRecord {
    return { name, type, ttl: this.options.ttl, data }
  }

  #reverse({ name, type }: Question): Response | undefined {
    const address = addressOfReverse(name)
    const targets = address ? this.#namesOf(address) : []
    if (targets.length === 0) return undefined
    return type === 'PTR'
      ? response('NOERROR', { authoritative: true, answers: targets.map((target) => this.#record(name, 'PTR', target)) })
      : this.#empty(name)
  }

  /** A Service by its address, or a Pod by each Service that it is behind. Models plugin/kubernetes/reverse.go. */
  #namesOf(address: string): string[] {
    const zone = this.#primary
    const isShown = ({ metadata }: Service | EndpointSlice) =>
      this.#isLabelled(metadata) && this.#isConfigured(metadata.namespace)
    const services = this.informers.list('Service').filter(isShown)
    const service = services.find(({ spec }) => spec.clusterIP === address)
    if (service) return [`${service.metadata.name}.${service.metadata.namespace}.svc.${zone}`]
    const slices = this.options.endpoints ? this.informers.list('EndpointSlice').filter(isShown) : []
    return slices.flatMap((slice) => {
      const owner = slice.metadata.labels?.['kubernetes.io/service-name']
      const endpoint = slice.endpoints?.find(
        ({ addresses, conditions }) => conditions?.ready !== false && addresses.includes(address),
      )
      return owner && endpoint ? [`${this.#hostOf(endpoint)}.${owner}.${slice.metadata.namespace}.svc.${zone}`] : []
    })
  }

  #forward(question: Question, zone: string): Response | undefined {
    const { name, type } = question
    if (name === zone) return this.#apex(zone, type)
    const labels = name.slice(0, -zone.length - 1).split('.')
    if (labels.join('.') === 'dns-version')
      return type === 'TXT'
        ? response('NOERROR', { authoritative: true, answers: [this.#record(name, 'TXT', '"1.1.0"')] })
        : this.#empty(zone)
    const kind = labels.pop()
    if (kind === 'pod') return this.#pod(labels, question, zone)
    return kind === 'svc' ? this.#service(labels, question, zone) : undefined
  }

  #apex(zone: string, type: RecordType): Response {
    if (type === 'SOA') return response('NOERROR', { authoritative: true, answers: [this.#soa(zone)] })
    if (type === 'NS')
      return response('NOERROR', { authoritative: true, answers: [this.#record(zone, 'NS', `kube-dns.kube-system.svc.${zone}`)] })
    return this.#empty(zone)
  }

  #isLabelled({ labels }: ObjectMeta): boolean {
    return this.options.labels?.(labels) ?? true
  }
  #isConfigured(namespace: string | undefined): boolean {
    const { namespaces, namespaceLabels } = this.options
    if (namespaces.length > 0) return namespaces.includes(namespace ?? '')
    return !namespaceLabels || namespaceLabels(this.informers.get('Namespace', namespace ?? '')?.metadata.labels)
  }
  #hasNamespace(name: string | undefined): boolean {
    return name !== undefined && this.#isConfigured(name) && this.informers.get('Namespace', name) !== undefined
  }

  /** `10-244-1-7.shop.pod.cluster.local.` */
  #pod(labels: string[], { name, type }: Question, zone: string): Response | undefined {
    const [host, namespace] = labels.length > 1 ? labels : [undefined, labels[0]]
    if (this.options.pods === 'disabled' || labels.length > 2) return undefined
    if (labels.length === 0) return this.#empty(zone)
    if (!this.#hasNamespace(namespace)) return undefined
    if (host === undefined) return this.#empty(zone)
    const address = /^\d{1,3}(-\d{1,3}){3}$/.test(host) ? host.replaceAll('-', '.') : undefined
    if (!address) return undefined
    if (this.options.pods === 'verified') {
      const pods = this.informers.list('Pod', namespace).filter(({ metadata }) => this.#isLabelled(metadata))
      if (!pods.some((pod) => pod.status?.podIP === address)) return undefined
    }
    return type === 'A'
      ? response('NOERROR', { authoritative: true, answers: [this.#record(name, 'A', address)] })
      : this.#empty(zone)
  }

  /** `web.shop`, `web-0.web.shop`, `_http._tcp.web.shop` before `.svc.ZONE`. */
  #service(labels: string[], question: Question, zone: string): Response | undefined {
    if (labels.length === 0) return this.#empty(zone)
    const namespace = labels.pop()
    if (!this.#hasNamespace(namespace)) return undefined
    const owner = labels.pop()
    if (owner === undefined) return this.#empty(zone)
    const service = this.informers.get('Service', `${namespace}/${owner}`)
    if (!service || !this.#isLabelled(service.metadata)) return undefined
    const base = `${owner}.${namespace}.svc.${zone}`
    const found = this.#records(service, base, readInner(labels))
    if (!found || found.length === 0) return undefined
    return this.#compose(question, zone, found)
  }

  #records(service: Service, base: string, inner: Inner | undefined): Found[] | undefined {
    const { spec } = service
    if (!inner) return undefined
    if (spec.type === 'ExternalName')
      return inner.endpoint || inner.port !== undefined
        ? undefined
        : [{ name: base, target: fullName(spec.externalName ?? ''), port: 0 }]
    const slices = () => slicesOf(this.informers, service).filter(({ metadata }) => this.#isLabelled(metadata))
    if (spec.clusterIP === 'None' || inner.endpoint)
      return this.options.endpoints ? slices().flatMap((slice) => this.#endpointRecords(slice, base, inner)) : []
    const isEmpty = () => slices().every(({ endpoints }) => !endpoints?.some(isReady))
    if (this.options.ignoresEmpty && isEmpty()) return []
    return (spec.ports ?? [])
      .filter((port) => fits(inner, port))
      .map((port) => ({ name: base, address: spec.clusterIP ?? '', port: port.port }))
  }

  #hostOf({ hostname, addresses, targetRef }: Endpoint): string {
    if (hostname) return hostname
    const pod = this.options.endpointPodNames && targetRef?.kind === 'Pod' ? targetRef.name : undefined
    return pod ?? (addresses[0] ?? '').replaceAll('.', '-')
  }

  #endpointRecords(slice: EndpointSlice, base: string, inner: Inner): Found[] {
    const ports = slice.ports?.length ? slice.ports : [{ name: '', port: 0, protocol: 'TCP' }]
    const endpoints = (slice.endpoints ?? []).filter(isReady).map((endpoint) => ({ endpoint, host: this.#hostOf(endpoint) }))
    return endpoints
      .filter(({ host }) => inner.endpoint === undefined || host === inner.endpoint)
      .flatMap(({ endpoint, host }) =>
        ports
          .filter((port) => fits(inner, port))
          .flatMap((port) => endpoint.addresses.map((address) => ({ name: `${host}.${base}`, address, port: port.port ?? 0 }))),
      )
  }

  /** An alias to a name of the cluster is followed here, and left out where that has nothing; others are followed by the server. */
  #alias({ name, type }: Question, zone: string, target: string): Response {
    const alias = this.#record(name, 'CNAME', target)
    const isOwn = type !== 'CNAME' && isWithin(target, zone)
    const answers = isOwn ? (this.#forward({ name: target, type }, zone)?.answers ?? []) : []
    if (isOwn && answers.length === 0) return this.#empty(zone)
    return response('NOERROR', { authoritative: true, answers: [alias, ...answers] })
  }

  #compose({ name, type }: Question, zone: string, found: Found[]): Response {
    const [first] = found
    if (first?.target !== undefined) return this.#alias({ name, type }, zone, first.target)
    if (type === 'A') {
      const addresses = [...new Set(found.map(({ address }) => address ?? ''))]
      return response('NOERROR', { authoritative: true, answers: addresses.map((address) => this.#record(name, 'A', address)) })
    }
    if (type !== 'SRV') return this.#empty(zone)
    const weight = Math.floor(100 / found.length)
    return response('NOERROR', {
      authoritative: true,
      answers: found.map((each) => this.#record(name, 'SRV', `0 ${weight} ${each.port} ${each.name}`)),
      additional: unique(found.map((each) => this.#record(each.name, 'A', each.address ?? ''))),
    })
  }
}

const unique = (records: DnsRecord[]): DnsRecord[] => [
  ...new Map(records.map((record) => [`${record.name} ${record.data}`, record])).values(),
]

interface Inner {
  endpoint?: string
  port?: string
  protocol?: string
}

/** What stands before a Service's name; undefined where it is no name of DNS for Services. */
function readInner(labels: string[]): Inner | undefined {
  if (labels.length === 0) return {}
  if (labels.length === 1) return { endpoint: labels[0] as string }
  const [port = '', protocol = ''] = labels
  if (labels.length > 2 || !port.startsWith('_') || !protocol.startsWith('_')) return undefined
  return { port: port.slice(1), protocol: protocol.slice(1) }
}

const fits = (inner: Inner, port: { name?: string | undefined; protocol?: string | undefined }): boolean =>
  (inner.port === undefined || inner.port === (port.name ?? '')) &&
  (inner.protocol === undefined || inner.protocol === (port.protocol ?? 'TCP').toLowerCase())

const isReady = ({ conditions }: Endpoint): boolean => conditions?.ready !== false
