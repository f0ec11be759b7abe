/** ingress-nginx' controller: routes what reaches its ports 80 and 443 by the Ingresses of its class, and writes their addresses. */
import { selfSigned } from '../access/certificates.js'
import type { HttpRequest, HttpResponse, TlsIdentity } from '../containers/network.js'
import { exitCodeOf, type Process, type Program } from '../containers/process.js'
import { encode } from '../containers/stream.js'
import { EventRecorder } from '../controllers/runtime/events.js'
import { Informers } from '../controllers/runtime/informer.js'
import { inRange } from '../network/addresses.js'
import { certificateFor, certificateOfHost } from '../network/ingress/certificates.js'
import { forward, forwardedHeaders, upstreamOf } from '../network/ingress/forward.js'
import { hostMatches } from '../network/ingress/matching.js'
import {
  annotation,
  findRoute,
  type IngressRoute,
  isOn,
  isOurs,
  locationPattern,
  routesOf,
  unknownAnnotations,
} from '../network/ingress/table.js'
import { identityFrom, identityOf } from '../network/tls/identity.js'
import { clone, keyOf, sameJson } from '../objects/object.js'
import type { Ingress } from '../schema/kubernetes.generated.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { sleep } from '../time/clock.js'
import type { Image } from './image.js'

/** What the controller shows where no Secret fits. @see ingress-nginx internal/net/ssl: GetFakeSSLCert */
const FAKE = {
  commonName: 'Kubernetes Ingress Controller Fake Certificate',
  organizations: ['Acme Co'],
  hosts: ['ingress.local'],
}
const KINDS = ['Ingress', 'IngressClass', 'Service', 'EndpointSlice', 'Secret'] as const
/** As often as the real one writes statuses. */
const STATUS_MS = 60_000

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  308: 'Permanent Redirect',
  302: 'Found',
  301: 'Moved Permanently',
  403: 'Forbidden',
  404: 'Not Found',
  502: 'Bad Gateway',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
}

function page(status: number, headers: Record<string, string> = {}): HttpResponse {
  return document(status, { title: `${status} ${TITLES[status] ?? ''}`, more: '', headers })
}
function document(status: number, { title, more, headers }: { title: string; more: string; headers: Record<string, string> }) {
  const heading = `<center><h1>${status} ${TITLES[status] ?? ''}</h1></center>\r\n`
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n${heading}${more}<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
  return {
    status,
    headers: { 'Content-Type': 'text/html', 'Content-Length': String(body.length), Connection: 'keep-alive', ...headers },
    body,
  }
}
const PLAIN = 'The plain HTTP request was sent to HTTPS port'
const NEEDS_TLS = document(400, {
  title: `400 ${PLAIN}`,
  more: `<center>${PLAIN}</center>\r\n`,
  headers: { Connection: 'close' },
})

const flagOf = (argv: string[], name: string): string | undefined =>
  argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3)

class Controller {
  readonly informers: Informers
  readonly events: EventRecorder
  readonly #told = new Set<string>()
  readonly #options: { controller: string; legacyClass: string }

  constructor(
    readonly process: Process,
    readonly fake: TlsIdentity,
  ) {
    const { machine, signal, argv } = process
    if (!machine.cluster) throw new Error('no cluster')
    this.informers = new Informers(machine.cluster.client, machine.clock, signal)
    this.events = new EventRecorder(machine.cluster.client, machine.clock, { component: 'nginx-ingress-controller' })
    this.#options = {
      controller: flagOf(argv, 'controller-class') ?? 'k8s.io/ingress-nginx',
      legacyClass: flagOf(argv, 'ingress-class') ?? 'nginx',
    }
  }

  say(text: string): void {
    void this.process.stderr.write(encode(`${text}\n`))
  }

  get ingresses(): Ingress[] {
    return this.informers.list('Ingress').filter((ingress) => isOurs(this.informers, ingress, this.#options))
  }

  identity(serverName: string): TlsIdentity {
    const found = certificateFor(this.informers, this.ingresses, serverName)
    return found.type === 'secret' ? found.identity : this.#default()
  }
  #default(): TlsIdentity {
    const wanted = flagOf(this.process.argv, 'default-ssl-certificate')
    return (wanted && identityOf(this.informers.get('Secret', wanted))) || this.fake
  }

  async answer(request: HttpRequest, from: string, scheme: 'http' | 'https'): Promise<HttpResponse> {
    const { machine } = this.process
    const host = (request.headers.host ?? '').split(':')[0] ?? ''
    const path = request.path.split('?')[0] ?? '/'
    const route = findRoute(this.ingresses, { host, path, headers: request.headers, dice: machine.random.below(100) })
    const response = route ? await this.#take(route, request, { from, scheme, host }) : page(404)
    const { method } = request
    const agent = request.headers['user-agent'] ?? '-'
    const backend = route?.backend.service
    const upstream = backend
      ? `${route.ingress.metadata.namespace}-${backend.name}-${backend.port?.number ?? backend.port?.name}`
      : ''
    this.#log(
      `${from} - - [${nginxTime(machine.clock.now())}] "${method} ${request.path} HTTP/1.1" ${response.status} ${response.body.length} "-" "${agent}" ${request.path.length + 80} 0.001 [${upstream}] []`,
    )
    return method === 'HEAD' ? { ...response, body: '' } : response
  }
  #log(line: string): void {
    void this.process.stdout.write(encode(`${line}\n`))
  }

  async #take(
    route: IngressRoute,
    request: HttpRequest,
    { from, scheme, host }: { from: string; scheme: 'http' | 'https'; host: string },
  ): Promise<HttpResponse> {
    const refused = this.#redirect(route, request, { scheme, host }) ?? this.#forbid(route.ingress, from)
    if (refused) return refused
    const { service } = route.backend
    const { namespace } = route.ingress.metadata
    if (!service) return page(503)
    const upstream = upstreamOf(this.informers, `${namespace}/${service.name}`, { ...service.port })
    if (upstream.type !== 'pods' || upstream.targets.length === 0) return page(503)
    const vhost = annotation(route.ingress, 'upstream-vhost')
    const headers = {
      ...request.headers,
      ...forwardedHeaders(request, from, scheme),
      'x-request-id': this.process.machine.random.uuid().replaceAll('-', ''),
      ...(vhost ? { host: vhost } : {}),
    }
    const secure = (annotation(route.ingress, 'backend-protocol') ?? 'HTTP') === 'HTTPS'
    const sent = { ...request, path: rewritten(route, request.path), headers }
    const result = await forward(this.process.machine, upstream.targets, sent, { secure, signal: this.process.signal })
    if (result.type === 'failed') return page(result.why === 'timeout' ? 504 : 502)
    return result.response
  }

  #redirect(
    { ingress }: IngressRoute,
    request: HttpRequest,
    { scheme, host }: { scheme: string; host: string },
  ): HttpResponse | undefined {
    const permanent = annotation(ingress, 'permanent-redirect')
    if (permanent) return page(301, { Location: permanent })
    const temporal = annotation(ingress, 'temporal-redirect')
    if (temporal) return page(302, { Location: temporal })
    const root = annotation(ingress, 'app-root')
    if (root && request.path === '/') return page(302, { Location: `${scheme}://${host}${root}` })
    const hasTls = (ingress.spec.tls ?? []).some(({ hosts = [] }) => hosts.some((each) => hostMatches(each, host)))
    const wantsTls = isOn(ingress, 'force-ssl-redirect') || (hasTls && annotation(ingress, 'ssl-redirect') !== 'false')
    if (scheme === 'http' && wantsTls) return page(308, { Location: `https://${host}${request.path}` })
    return undefined
  }

  #forbid(ingress: Ingress, from: string): HttpResponse | undefined {
    const ranges = annotation(ingress, 'allowlist-source-range') ?? annotation(ingress, 'whitelist-source-range')
    if (!ranges || ranges.split(',').some((range) => inRange(from, range.trim()))) return undefined
    return page(403)
  }

  /** Tells once of each Ingress, and of what it asks that has no effect here. */
  #tell(ingress: Ingress): void {
    for (const { host = '' } of ingress.spec.rules ?? []) {
      const found = certificateOfHost(this.informers, ingress, host)
      if (found.type === 'default' && found.why && this.#isNew(`${ingress.metadata.uid} ${found.why}`)) this.say(`W ${found.why}`)
    }
    if (!this.#isNew(`${ingress.metadata.uid} ${ingress.metadata.generation}`)) return
    this.events.record(ingress, { type: 'Normal', reason: 'Sync', message: 'Scheduled for sync' })
    for (const name of unknownAnnotations(ingress))
      this.say(`W ${keyOf(ingress)}: annotation ${name} has no effect in the simulated cluster`)
    for (const { path } of routesOf(ingress))
      if (!locationPattern(path, '^'))
        this.say(`E ${keyOf(ingress)}: path ${path} is no regular expression, and matches nothing as one`)
  }

  #isNew(mark: string): boolean {
    const isNew = !this.#told.has(mark)
    this.#told.add(mark)
    return isNew
  }

  /** The addresses at which clients reach this controller: its Service's, else its node's. */
  #addresses(): { ip?: string; hostname?: string }[] {
    const published = flagOf(this.process.argv, 'publish-service')?.replace(
      '$(POD_NAMESPACE)',
      this.process.env.get('POD_NAMESPACE') ?? '',
    )
    const service = published ? this.informers.get('Service', published) : undefined
    if (service?.spec.type === 'LoadBalancer')
      return (service.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ({
        ...(ip ? { ip } : {}),
        ...(hostname ? { hostname } : {}),
      }))
    if (service) return [{ ip: service.spec.clusterIP ?? '' }]
    return [{ ip: this.process.machine.network.address }]
  }

  async writeStatuses(): Promise<void> {
    const client = this.process.machine.cluster?.client
    const addresses = this.#addresses()
    for (const ingress of this.ingresses) {
      this.#tell(ingress)
      if (sameJson(ingress.status?.loadBalancer?.ingress ?? [], addresses)) continue
      const status = { loadBalancer: addresses.length > 0 ? { ingress: addresses } : {} }
      await client
        ?.updateStatus('Ingress', { ...clone(ingress), status } as Ingress)
        .catch((error) => this.say(`E updating Ingress status: ${error.message}`))
    }
  }
}

/** `27/Nov/2026:16:10:32 +0000` */
function nginxTime(ms: number): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}

/** nginx puts the target in the place of the whole path, with the groups of the location's expression. */
function rewritten({ ingress, path: location }: IngressRoute, path: string): string {
  const target = annotation(ingress, 'rewrite-target')
  if (!target) return path
  const [bare = '/', query] = path.split('?')
  const matcher = locationPattern(location, '')?.matcher(bare)
  if (!matcher?.find()) return path
  const group = (number: number) => (number <= matcher.groupCount() ? (matcher.group(number) ?? '') : '')
  const made = target.replace(/\$(\d)/g, (_, number: string) => group(Number(number)))
  return query === undefined ? made : `${made}?${query}`
}

/** Everything is let in; undefined where it is no review. */
function allowed(body: string): string | undefined {
  try {
    const review = JSON.parse(body) as { apiVersion: string; request?: { uid?: string } }
    const response = { uid: review.request?.uid ?? '', allowed: true }
    return JSON.stringify({ apiVersion: review.apiVersion, kind: 'AdmissionReview', response })
  } catch {
    return undefined
  }
}

const controller: Program = async (process) => {
  const { machine, signal } = process
  machine.main.handlesTerm = true
  const fake = identityFrom(await selfSigned(FAKE, machine.clock))
  const it = new Controller(process, fake)
  it.say(
    '-------------------------------------------------------------------------------\nNGINX Ingress controller (simulated)\n-------------------------------------------------------------------------------',
  )
  const { network } = machine
  const program = 'nginx'
  network.listen(80, { http: (request, from) => it.answer(request, from, 'http'), program })
  network.listen(443, {
    http: (request, from) => it.answer(request, from, 'https'),
    tls: (name) => it.identity(name),
    needsTls: NEEDS_TLS,
    program,
  })
  network.listen(10254, () => ({ status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'ok' }))
  const webhook = ({ body }: HttpRequest) => {
    const answer = allowed(body)
    return { status: answer ? 200 : 400, headers: { 'Content-Type': 'application/json' }, body: answer ?? '' }
  }
  network.listen(8443, {
    http: webhook,
    tls: { ...fake, names: ['ingress-nginx-controller-admission'], issuer: 'nil1' },
    program,
  })
  await it.informers.ready(KINDS)
  const again = () => void it.writeStatuses()
  for (const kind of ['Ingress', 'IngressClass', 'Service', 'Secret'] as const) it.informers.of(kind).onChange(again)
  while (!signal.aborted) {
    await sleep(machine.clock, STATUS_MS, signal)
    if (!signal.aborted) await it.writeStatuses()
  }
  for (const port of [80, 443, 10254, 8443]) network.unlisten(port)
  return signal.reason === 'SIGTERM' ? 0 : exitCodeOf(signal)
}

/** kube-webhook-certgen: makes the Secret that the controller's webhook mounts; what it would patch needs nothing here. */
const certgen: Program = async (process) => {
  const { machine, argv, env } = process
  const namespace = (flagOf(argv, 'namespace') ?? '').replace('$(POD_NAMESPACE)', env.get('POD_NAMESPACE') ?? '')
  const name = flagOf(argv, 'secret-name') ?? 'ingress-nginx-admission'
  if (argv[1] === 'create' && machine.cluster) {
    const data = { ca: 'c2ltdWxhdGVk', cert: 'c2ltdWxhdGVk', key: 'c2ltdWxhdGVk' }
    await machine.cluster.client
      .create('Secret', { metadata: { name, namespace }, type: 'Opaque', data } as never)
      .catch(() => {})
  }
  await process.stdout.write(`{"level":"info","msg":"${argv[1] ?? 'create'} done"}\n`)
  return 0
}

const base = { command: [], sizeBytes: 105_000_000, usesCluster: true }
export const ingressImages: Image[] = [
  {
    ...base,
    repository: 'registry.k8s.io/ingress-nginx/controller',
    entrypoint: ['/usr/bin/dumb-init', '--'],
    command: ['/nginx-ingress-controller'],
    programs: {
      ...busyboxPrograms,
      '/nginx-ingress-controller': controller,
      'dumb-init': dumbInit,
      'wait-shutdown': async () => 0,
    },
    user: { uid: 101, gid: 82, name: 'www-data' },
  },
  {
    ...base,
    repository: 'registry.k8s.io/ingress-nginx/kube-webhook-certgen',
    entrypoint: ['/kube-webhook-certgen'],
    programs: { 'kube-webhook-certgen': certgen },
    user: { uid: 65532, gid: 65532, name: '' },
  },
]

function dumbInit(process: Process): Promise<number> {
  return controller({ ...process, argv: process.argv.slice(2) })
}
