/** The variables of nginx' configuration, as far as one request has them. */
import { RE2JS } from 're2js'
import type { HttpRequest, TlsIdentity } from '../../containers/network.js'
import type { Machine } from '../../containers/process.js'
import { ANY_TLS, agreedVersion } from '../../containers/tls-versions.js'
import { logTime } from '../serving.js'
import type { Level } from './model.js'
import { EmergencyError } from './syntax.js'

/** One request on its way through the configuration. */
export interface Visit {
  machine: Machine
  request: HttpRequest
  from: string
  /** What the connection was secured with. */
  tls: TlsIdentity | undefined
  port: number
  /** The normalized path, which rewrites change, and the query. */
  uri: string
  args: string
  serverName: string
  root: string
  startedMs: number
  /** Of `set` and named groups, and of the last expression by number. */
  own: Map<string, string>
  /** Inner redirects so far. */
  turns: number
  status: number
  bodyBytes: number
  upstream: string
  proxyHost: string
  /** Where it was answered. */
  level: Level | undefined
}

export const schemeOf = ({ tls }: Visit): 'http' | 'https' => (tls ? 'https' : 'http')

const header = ({ request }: Visit, name: string): string => request.headers[name.replaceAll('_', '-')] ?? ''
const hostOf = (visit: Visit): string => header(visit, 'host').replace(/:\d+$/, '').toLowerCase() || visit.serverName

const VARIABLES: Record<string, (visit: Visit) => string> = {
  args: ({ args }) => args,
  query_string: ({ args }) => args,
  is_args: ({ args }) => (args ? '?' : ''),
  uri: ({ uri }) => uri,
  document_uri: ({ uri }) => uri,
  request_uri: ({ request }) => request.path,
  request_method: ({ request }) => request.method,
  request: ({ request }) => `${request.method} ${request.path} HTTP/1.1`,
  request_body: ({ request }) => request.body,
  request_length: ({ request }) => String(request.path.length + request.body.length + 80),
  request_filename: ({ root, uri }) => `${root}${uri}`,
  request_time: ({ machine, startedMs }) => ((machine.clock.now() - startedMs) / 1000).toFixed(3),
  request_id: ({ machine }) => machine.random.uuid().replaceAll('-', ''),
  document_root: ({ root }) => root,
  host: hostOf,
  hostname: ({ machine }) => machine.hostname,
  remote_addr: ({ from }) => from,
  remote_port: () => '40000',
  remote_user: () => '',
  realpath_root: ({ root }) => root,
  scheme: schemeOf,
  https: ({ tls }) => (tls ? 'on' : ''),
  ssl_protocol: ({ tls }) => (tls && agreedVersion(tls, ANY_TLS)) ?? '',
  server_addr: ({ machine }) => machine.network.address,
  server_name: ({ serverName }) => serverName,
  server_port: ({ port }) => String(port),
  server_protocol: () => 'HTTP/1.1',
  status: ({ status }) => String(status || ''),
  body_bytes_sent: ({ bodyBytes }) => String(bodyBytes),
  bytes_sent: ({ bodyBytes }) => String(bodyBytes + 240),
  time_local: ({ machine }) => logTime(machine.clock.now()),
  time_iso8601: ({ machine }) => `${new Date(machine.clock.now()).toISOString().slice(0, 19)}+00:00`,
  msec: ({ machine }) => (machine.clock.now() / 1000).toFixed(3),
  pid: () => '29',
  connection: () => '1',
  connection_requests: () => '1',
  pipe: () => '.',
  content_type: (visit) => header(visit, 'content-type'),
  content_length: (visit) => header(visit, 'content-length'),
  proxy_host: ({ proxyHost }) => proxyHost,
  proxy_port: ({ proxyHost }) => proxyHost.split(':')[1] ?? '80',
  proxy_add_x_forwarded_for: (visit) => [header(visit, 'x_forwarded_for'), visit.from].filter(Boolean).join(', '),
  upstream_addr: ({ upstream }) => upstream,
  upstream_status: ({ upstream, status }) => (upstream ? String(status) : ''),
  upstream_response_time: ({ upstream }) => (upstream ? '0.001' : ''),
  upstream_connect_time: ({ upstream }) => (upstream ? '0.000' : ''),
  nginx_version: () => '1.28.0',
}
const PREFIXES: Record<string, (visit: Visit, rest: string) => string> = {
  http_: header,
  arg_: ({ args }, rest) => new URLSearchParams(args).get(rest) ?? '',
  cookie_: (visit, rest) => new RegExp(`(?:^|; *)${rest}=([^;]*)`).exec(header(visit, 'cookie'))?.[1] ?? '',
  sent_http_: () => '',
  upstream_http_: () => '',
}

const VARIABLE = /\$(?:\{(\w+)\}|(\w+))/g

/** What `map` makes of a value. */
export interface Mapping {
  source: string
  rows: [pattern: string | RE2JS, value: string][]
  otherwise: string
}

export class Variables {
  constructor(
    readonly maps: ReadonlyMap<string, Mapping>,
    /** Those that some `set` or some expression of the configuration makes. */
    readonly made: ReadonlySet<string>,
  ) {}

  /** @throws EmergencyError for a variable that nobody knows */
  mind(text: string): void {
    for (const [, braced, bare] of text.matchAll(VARIABLE)) {
      const name = braced ?? bare ?? ''
      const isKnown = /^\d$/.test(name) || VARIABLES[name] || this.maps.has(name) || this.made.has(name)
      if (!isKnown && !Object.keys(PREFIXES).some((prefix) => name.startsWith(prefix)))
        throw new EmergencyError(`unknown "${name}" variable`)
    }
  }

  fill(text: string, visit: Visit): string {
    return text.replace(VARIABLE, (_all, braced, bare) => this.value(braced ?? bare, visit))
  }

  value(name: string, visit: Visit): string {
    const own = visit.own.get(name)
    if (own !== undefined) return own
    const mapping = this.maps.get(name)
    if (mapping) return this.#mapped(mapping, visit)
    const prefix = Object.keys(PREFIXES).find((each) => name.startsWith(each) && !VARIABLES[name])
    return prefix ? (PREFIXES[prefix]?.(visit, name.slice(prefix.length)) ?? '') : (VARIABLES[name]?.(visit) ?? '')
  }

  #mapped({ source, rows, otherwise }: Mapping, visit: Visit): string {
    const value = this.fill(source, visit)
    const row = rows.find(([pattern]) =>
      typeof pattern === 'string' ? pattern.toLowerCase() === value.toLowerCase() : matchInto(pattern, value, visit.own),
    )
    return this.fill(row?.[1] ?? otherwise, visit)
  }
}

/** An expression as PCRE has it, with the groups that it names. @throws EmergencyError */
export function compile(pattern: string, { ignoreCase = false } = {}): RE2JS {
  try {
    return RE2JS.compile(pattern.replace(/\(\?<(\w+)>/g, '(?P<$1>'), ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  } catch (error) {
    throw new EmergencyError(`pcre2_compile() failed: ${error instanceof Error ? error.message : error} in "${pattern}"`)
  }
}

/** Whether it matches; its groups become variables then. */
export function matchInto(expression: RE2JS, text: string, own: Map<string, string>): boolean {
  const matcher = expression.matcher(text)
  if (!matcher.find()) return false
  for (let group = 0; group <= Math.min(9, matcher.groupCount()); group++) own.set(String(group), matcher.group(group) ?? '')
  for (const name of Object.keys(expression.namedGroups())) own.set(name, matcher.group(name) ?? '')
  return true
}
