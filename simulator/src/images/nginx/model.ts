/** What the configuration says, made ready for requests: servers by port, their locations, upstreams. */
import type { RE2JS } from 're2js'
import { type FileSystem, normalize } from '../../containers/file-system.js'
import type { TlsIdentity } from '../../containers/network.js'
import { TLS_VERSIONS, type TlsVersion } from '../../containers/tls-versions.js'
import { identityFrom } from '../../network/tls/identity.js'
import { at, type Directive, EmergencyError } from './syntax.js'
import { compile, type Mapping, Variables } from './variables.js'

/** Directives of one level, with those around it. */
export class Level {
  constructor(
    readonly directives: Directive[],
    readonly outer: Level | undefined,
  ) {}

  /** Those of the nearest level that has any: what stands further out is replaced. */
  all(name: string): Directive[] {
    const own = this.directives.filter((directive) => directive.name === name)
    return own.length > 0 ? own : (this.outer?.all(name) ?? [])
  }
  one(name: string): string | undefined {
    return this.all(name)[0]?.args[0]
  }
  isOn(name: string, otherwise = false): boolean {
    const value = this.one(name)
    return value === undefined ? otherwise : value === 'on'
  }
}

export interface Location {
  kind: '=' | '^~' | '' | '~' | '@'
  name: string
  expression: RE2JS | undefined
  level: Level
  /** Its inner ones. */
  locations: Location[]
  directive: Directive
}

export interface Server {
  names: string[]
  expressions: RE2JS[]
  level: Level
  locations: Location[]
}

export interface Port {
  port: number
  servers: Server[]
  default: Server
  tls: ((serverName: string) => TlsIdentity) | undefined
}

export interface Upstream {
  targets: { address: string; weight: number; isBackup: boolean }[]
  isByAddress: boolean
}

export interface Model {
  main: Level
  http: Level
  ports: Port[]
  upstreams: Map<string, Upstream>
  variables: Variables
  formats: Map<string, string>
}

const blocks = (directives: Directive[], name: string): Directive[] =>
  directives.filter((each) => each.name === name && each.block)

function locationsOf(directives: Directive[], outer: Level): Location[] {
  const seen = new Set<string>()
  return blocks(directives, 'location').map((directive) => {
    const { kind, name } = matcherOf(directive)
    if (seen.has(`${kind === '^~' ? '' : kind}${name}`) && kind !== '~') throw at(`duplicate location "${name}"`, directive)
    seen.add(`${kind === '^~' ? '' : kind}${name}`)
    const level = new Level(directive.block ?? [], outer)
    const ignoreCase = directive.args[0]?.startsWith('~*') === true
    const expression = kind === '~' ? compile(name, { ignoreCase }) : undefined
    return { kind, name, expression, level, locations: locationsOf(directive.block ?? [], level), directive }
  })
}

/** `= /x`, `~* \.php$`, `=/x`, `@named`, `/x`. @throws EmergencyError */
function matcherOf(directive: Directive): { kind: Location['kind']; name: string } {
  const [first = '', second] = directive.args
  const [, sign = '', glued = ''] = /^(=|\^~|~\*|~)?([\s\S]*)$/.exec(first) ?? []
  if (second !== undefined && (!sign || glued)) throw at(`invalid location modifier "${first}"`, directive)
  const kind = sign === '~*' ? '~' : sign || (first.startsWith('@') ? '@' : '')
  return { kind: kind as Location['kind'], name: second ?? glued }
}

function serverOf(directive: Directive, http: Level): Server {
  const level = new Level(directive.block ?? [], http)
  const words = level.directives.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args)
  const names = words.length > 0 ? words : ['']
  return {
    names: names.filter((name) => !name.startsWith('~')).map((name) => name.toLowerCase()),
    expressions: names.filter((name) => name.startsWith('~')).map((name) => compile(name.slice(1))),
    level,
    locations: locationsOf(level.directives, level),
  }
}

interface Listening {
  port: number
  isDefault: boolean
  isTls: boolean
}

const LISTEN_FLAGS =
  /^(default_server|default|ssl|http2|quic|proxy_protocol|reuseport|deferred|bind|ipv6only=\w+|backlog=\d+|so_keepalive=\S+|fastopen=\d+|rcvbuf=\S+|sndbuf=\S+)$/

/** `80`, `0.0.0.0:80 default_server`, `[::]:443 ssl`. @throws EmergencyError */
function listeningOf(directive: Directive): Listening {
  const [address = '', ...flags] = directive.args
  const unknown = flags.find((flag) => !LISTEN_FLAGS.test(flag))
  if (unknown) throw at(`invalid parameter "${unknown}"`, directive)
  const text = address.replace(/^\[[^\]]*\]:?/, '').replace(/^[^:]*:(?=\d)/, '')
  const isPort = /^\d+$/.test(text)
  if (isPort && (Number(text) < 1 || Number(text) > 65_535))
    throw at(`invalid port in "${address}" of the "listen" directive`, directive)
  return {
    port: isPort ? Number(text) : 80,
    isDefault: flags.includes('default_server') || flags.includes('default'),
    isTls: flags.includes('ssl'),
  }
}

const OLD = ['SSLv2', 'SSLv3']
const isVersion = (text: string): text is TlsVersion => (TLS_VERSIONS as readonly string[]).includes(text)

/** @throws EmergencyError */
function tlsVersionsOf(directive: Directive): TlsVersion[] {
  const wrong = directive.args.find((each) => !isVersion(each) && !OLD.includes(each))
  if (wrong !== undefined) throw at(`invalid value "${wrong}"`, directive)
  return directive.args.filter(isVersion)
}

/** @throws EmergencyError */
function identityOf(fs: FileSystem, { level }: Server, listen: Directive): TlsIdentity {
  const [certificate, key] = [level.one('ssl_certificate'), level.one('ssl_certificate_key')]
  if (!certificate) throw at('no "ssl_certificate" is defined for the "listen ... ssl" directive', listen)
  if (!key) throw at(`no "ssl_certificate_key" is defined for certificate "${certificate}"`, listen)
  const read = (given: string, what: string) => {
    const path = normalize(given, '/etc/nginx')
    const node = fs.stat(path)
    if (node?.type === 'file') return node.data
    throw new EmergencyError(
      `cannot load ${what} "${path}": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory:calling fopen(${path}, r) error:10000080:BIO routines::no such file)`,
    )
  }
  const protocols = level.all('ssl_protocols')
  const versions = protocols.length > 0 ? { versions: protocols.flatMap(tlsVersionsOf) } : {}
  const pair = { certificatePem: read(certificate, 'certificate'), keyPem: read(key, 'certificate key') }
  try {
    return { ...identityFrom(pair), ...versions }
  } catch (error) {
    if (/not that of/.test(String(error)))
      throw new EmergencyError(
        `SSL_CTX_use_PrivateKey("${key}") failed (SSL: error:05800074:x509 certificate routines::key values mismatch)`,
      )
    throw new EmergencyError(
      `cannot load certificate "${certificate}": PEM_read_bio_X509_AUX() failed (SSL: error:0480006C:PEM routines::no start line:Expecting: TRUSTED CERTIFICATE)`,
    )
  }
}

interface Found {
  servers: Server[]
  default: Server | undefined
  identities: Map<Server, TlsIdentity>
}

function portsOf(servers: { server: Server; directive: Directive }[], fs: FileSystem): Port[] {
  const ports = new Map<number, Found>()
  for (const { server, directive } of servers) {
    const listens = server.level.directives.filter(({ name }) => name === 'listen')
    const own = listens.length > 0 ? listens : [{ ...directive, name: 'listen', args: ['80'] }]
    const mine = new Map<number, Listening>()
    for (const each of own) {
      const { port, isDefault, isTls } = listeningOf(each)
      const isAgain = mine.has(port) && !each.args[0]?.startsWith('[')
      if (isAgain && mine.get(port) && own.filter(({ args }) => args[0] === each.args[0]).length > 1)
        throw at(`a duplicate listen 0.0.0.0:${port}`, each)
      mine.set(port, { port, isDefault, isTls })
      const found: Found = ports.get(port) ?? { servers: [], default: undefined, identities: new Map() }
      ports.set(port, found)
      if (!found.servers.includes(server)) found.servers.push(server)
      if (isDefault && found.default && found.default !== server) throw at(`a duplicate default server for 0.0.0.0:${port}`, each)
      if (isDefault) found.default = server
      if (isTls) found.identities.set(server, identityOf(fs, server, each))
    }
  }
  return [...ports].map(([port, found]) => {
    const first = found.default ?? (found.servers[0] as Server)
    const identity = (name: string) =>
      found.identities.get(serverFor({ servers: found.servers, default: first }, name)) ??
      found.identities.get(first) ??
      ([...found.identities.values()][0] as TlsIdentity)
    return { port, servers: found.servers, default: first, tls: found.identities.size > 0 ? identity : undefined }
  })
}

const fits = (name: string, host: string): boolean => {
  if (name.startsWith('.')) return host === name.slice(1) || host.endsWith(name)
  if (name.startsWith('*.')) return host.endsWith(name.slice(1))
  return name.endsWith('.*') && host.startsWith(name.slice(0, -1))
}

/** Exact names first, then the longest pattern in front, the longest behind, expressions in their order. */
export function serverFor({ servers, default: first }: Pick<Port, 'servers' | 'default'>, host: string): Server {
  const exact = servers.find(({ names }) => names.includes(host))
  if (exact) return exact
  const patterns = servers.flatMap((server) => server.names.filter((name) => fits(name, host)).map((name) => ({ server, name })))
  const best = patterns.sort(
    (a, b) => Number(a.name.endsWith('.*')) - Number(b.name.endsWith('.*')) || b.name.length - a.name.length,
  )[0]
  if (best) return best.server
  return servers.find(({ expressions }) => expressions.some((each) => each.matcher(host).find())) ?? first
}

function upstreamOf({ block = [], ...place }: Directive): Upstream {
  const targets = block
    .filter(({ name, args }) => name === 'server' && !args.includes('down'))
    .map(({ args: [address = '', ...flags] }) => ({
      address,
      weight: Number(flags.find((flag) => flag.startsWith('weight='))?.slice(7) ?? 1),
      isBackup: flags.includes('backup'),
    }))
  if (targets.length === 0) throw at('no servers are inside upstream', place)
  return { targets, isByAddress: block.some(({ name }) => name === 'ip_hash') }
}

function mappingOf({ args: [source = ''], block = [] }: Directive): Mapping {
  const rows = block.filter(({ name }) => !['default', 'hostnames', 'volatile'].includes(name))
  return {
    source,
    rows: rows.map(({ name, args: [value = ''] }) => {
      if (!name.startsWith('~')) return [name.replace(/^\\/, ''), value]
      return [compile(name.replace(/^~\*?/, ''), { ignoreCase: name.startsWith('~*') }), value]
    }),
    otherwise: block.find(({ name }) => name === 'default')?.args[0] ?? '',
  }
}

/** Every directive below, wherever it stands. */
const everywhere = (directives: Directive[]): Directive[] =>
  directives.flatMap((directive) => [directive, ...everywhere(directive.block ?? [])])

/** Names that a `set` or a named group of some expression gives. */
function madeNames(directives: Directive[]): Set<string> {
  const all = everywhere(directives)
  const words = all.flatMap(({ name, args }) => [name, ...args])
  const groups = words.flatMap((word) => [...word.matchAll(/\(\?P?<(\w+)>/g)].map(([, name = '']) => name))
  return new Set([...groups, ...all.flatMap(({ name, args }) => (name === 'set' ? [args[0]?.slice(1) ?? ''] : []))])
}

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'

/** @throws EmergencyError */
export function modelOf(directives: Directive[], fs: FileSystem): Model {
  if (!directives.some(({ name }) => name === 'events')) throw new EmergencyError('no "events" section in configuration')
  const main = new Level(directives, undefined)
  const inner = blocks(directives, 'http').flatMap(({ block = [] }) => block)
  const http = new Level(inner, main)
  const maps = new Map(blocks(inner, 'map').map((directive) => [directive.args[1]?.slice(1) ?? '', mappingOf(directive)]))
  const variables = new Variables(maps, madeNames(inner))
  for (const { name, args } of everywhere(inner))
    if (name !== 'location' && name !== 'rewrite') for (const arg of args) variables.mind(arg)
  const formats = new Map(
    inner
      .filter(({ name }) => name === 'log_format')
      .map(({ args: [name = '', ...parts] }) => [name, parts.filter((part) => !part.startsWith('escape=')).join('')]),
  )
  formats.set('combined', COMBINED)
  for (const each of everywhere(inner))
    if (each.name === 'access_log' && each.args[1] && !each.args[1].includes('=') && !formats.has(each.args[1]))
      throw at(`unknown log format "${each.args[1]}"`, each)
  const servers = blocks(inner, 'server').map((directive) => ({ directive, server: serverOf(directive, http) }))
  const upstreams = new Map(blocks(inner, 'upstream').map((directive) => [directive.args[0] ?? '', upstreamOf(directive)]))
  return { main, http, ports: portsOf(servers, fs), upstreams, variables, formats }
}
