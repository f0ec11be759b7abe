/** The options of curl. */
import type { TlsRange, TlsVersion } from '../../../containers/tls-versions.js'
import { UsageError, words } from './curl-words.js'

/** When a transfer is tried again. */
export interface Retrying {
  count: number
  /** Between two of them; undefined: one second, then twice as long each time. */
  delaySeconds: number | undefined
  mostSeconds: number | undefined
  /** What else counts as a passing trouble: a refused connection, or everything. */
  refused: boolean
  all: boolean
}

export interface CurlOptions {
  urls: string[]
  /** By the order of the addresses; `-` is the output. */
  outputs: string[]
  method: string
  /** By lower-case name; undefined takes a header away that curl would send. */
  headers: [string, string | undefined][]
  data: { text: string; isFile: boolean; binary: boolean }[]
  asQuery: boolean
  user: string | undefined
  follows: boolean
  mostRedirects: number
  fails: 'no' | 'silently' | 'with-body'
  insecure: boolean
  caFile: string | undefined
  tls: TlsRange
  maxTime: number | undefined
  connectTimeout: number | undefined
  retry: Retrying
  resolve: Map<string, string>
  writeOut: string | undefined
  verbose: boolean
  version: boolean
  showsErrors: boolean
  shows: { head: boolean; body: boolean; meter: boolean }
}

function addHeader(options: CurlOptions, text: string): void {
  const colon = text.indexOf(':')
  const name = (colon < 0 ? text.replace(/;$/, '') : text.slice(0, colon)).trim().toLowerCase()
  const value = colon < 0 ? '' : text.slice(colon + 1).trim()
  options.headers.push([name, value === '' && !text.endsWith(';') ? undefined : value])
}

function addData(
  options: CurlOptions,
  text: string,
  { binary = false, raw = false }: { binary?: boolean; raw?: boolean } = {},
): void {
  const isFile = !raw && text.startsWith('@')
  options.data.push({ text: isFile ? text.slice(1) : text, isFile, binary })
}

function urlEncoded(text: string): string {
  const equals = text.indexOf('=')
  return equals < 0 ? encodeURIComponent(text) : `${text.slice(0, equals + 1)}${encodeURIComponent(text.slice(equals + 1))}`
}

/** `-1` stands for any version 1. */
const LEAST: Record<string, TlsVersion> = {
  '1': 'TLSv1',
  '--tlsv1.0': 'TLSv1',
  '--tlsv1.1': 'TLSv1.1',
  '--tlsv1.2': 'TLSv1.2',
  '--tlsv1.3': 'TLSv1.3',
}
const MOST: Record<string, TlsVersion> = {
  default: 'TLSv1.3',
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
}

type Setter = (options: CurlOptions, value: string, seen: Seen) => void
interface Seen {
  silent: boolean
  showError: boolean
  method: string | undefined
}

const SETTERS: Record<string, Setter> = {
  '--url': (options, value) => options.urls.push(value),
  o: (options, value) => options.outputs.push(value),
  O: (options) => options.outputs.push('<name>'),
  X: (_, value, seen) => {
    seen.method = value
  },
  I: (options) => Object.assign(options.shows, { head: true, body: false }),
  i: (options) => Object.assign(options.shows, { head: true }),
  H: (options, value) => addHeader(options, value),
  A: (options, value) => options.headers.push(['user-agent', value]),
  b: (options, value) => options.headers.push(['cookie', value]),
  e: (options, value) => options.headers.push(['referer', value]),
  d: (options, value) => addData(options, value),
  '--data-binary': (options, value) => addData(options, value, { binary: true }),
  '--data-raw': (options, value) => addData(options, value, { raw: true }),
  '--data-urlencode': (options, value) => addData(options, urlEncoded(value), { raw: true }),
  '--json': (options, value) => {
    addData(options, value)
    options.headers.push(['content-type', 'application/json'], ['accept', 'application/json'])
  },
  '--compressed': (options) => options.headers.push(['accept-encoding', 'deflate, gzip, br, zstd']),
  '--bearer': (options, value) => options.headers.push(['authorization', `Bearer ${value}`]),
  G: (options) => {
    options.asQuery = true
  },
  u: (options, value) => {
    options.user = value
  },
  L: (options) => {
    options.follows = true
  },
  '--max-redirs': (options, value) => {
    options.mostRedirects = Number(value)
  },
  f: (options) => {
    options.fails = 'silently'
  },
  '--fail-with-body': (options) => {
    options.fails = 'with-body'
  },
  k: (options) => {
    options.insecure = true
  },
  '--cacert': (options, value) => {
    options.caFile = value
  },
  ...Object.fromEntries(
    Object.entries(LEAST).map(([name, version]): [string, Setter] => [
      name,
      (options) => {
        options.tls.least = version
      },
    ]),
  ),
  '--tls-max': (options, value) => {
    const most = MOST[value]
    if (!most) throw new UsageError(2, 'option --tls-max: is badly used here')
    options.tls.most = most
  },
  m: (options, value) => {
    options.maxTime = seconds(value, '-m')
  },
  '--connect-timeout': (options, value) => {
    options.connectTimeout = seconds(value, '--connect-timeout')
  },
  '--retry': (options, value) => {
    options.retry.count = Number(value)
  },
  '--retry-delay': (options, value) => {
    options.retry.delaySeconds = seconds(value, '--retry-delay')
  },
  '--retry-max-time': (options, value) => {
    options.retry.mostSeconds = seconds(value, '--retry-max-time')
  },
  '--retry-connrefused': (options) => {
    options.retry.refused = true
  },
  '--retry-all-errors': (options) => {
    options.retry.all = true
  },
  '--resolve': (options, value) => {
    const [host = '', port = '', address = ''] = value.replace(/^\+/, '').split(':')
    options.resolve.set(`${host}:${port}`, address)
  },
  w: (options, value) => {
    options.writeOut = value
  },
  v: (options) => {
    options.verbose = true
  },
  V: (options) => {
    options.version = true
  },
  s: (_, __, seen) => {
    seen.silent = true
  },
  S: (_, __, seen) => {
    seen.showError = true
  },
  '--no-progress-meter': (options) => {
    options.shows.meter = false
  },
}

function seconds(text: string, option: string): number | undefined {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new UsageError(2, `option ${option}: expected a proper numerical parameter`)
  return Number(text) || undefined
}

/** @throws UsageError */
export function readCurlOptions(args: string[]): CurlOptions {
  const options: CurlOptions = {
    urls: [],
    outputs: [],
    method: 'GET',
    headers: [],
    data: [],
    asQuery: false,
    user: undefined,
    follows: false,
    mostRedirects: 50,
    fails: 'no',
    insecure: false,
    caFile: undefined,
    tls: { least: 'TLSv1', most: 'TLSv1.3' },
    maxTime: undefined,
    connectTimeout: undefined,
    retry: { count: 0, delaySeconds: undefined, mostSeconds: undefined, refused: false, all: false },
    resolve: new Map(),
    writeOut: undefined,
    verbose: false,
    version: false,
    showsErrors: true,
    shows: { head: false, body: true, meter: true },
  }
  const seen: Seen = { silent: false, showError: false, method: undefined }
  for (const [name, value] of words(args)) SETTERS[name]?.(options, value, seen)
  options.showsErrors = !seen.silent || seen.showError
  if (seen.silent) options.shows.meter = false
  const isHead = options.shows.head && !options.shows.body
  options.method = seen.method ?? (isHead ? 'HEAD' : options.data.length > 0 && !options.asQuery ? 'POST' : 'GET')
  return options
}
