/** BusyBox' wget. */
import { baseName } from '../../../containers/file-system.js'
import { statusText } from '../../../containers/http-wire.js'
import { ConnectError, type HttpResponse } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { addressOf } from '../../../containers/resolver.js'
import { encode } from '../../../containers/stream.js'
import { applet, complain, type Options, readFile, resolve, WordError, wholeNumber } from '../command.js'
import { copyStream, fileAt, whyUnwritten } from './copy-stream.js'
import { CONNECT_SECONDS, type Deadline, deadline } from './deadline.js'
import { follow, hostHeader, parseUrl, type Url } from './url.js'

const USAGE =
  '[-qS] [--spider] [-O FILE] [--header STR] [--post-data STR] [--post-file FILE] [--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] [-t TRIES] [-Y on/off] URL...'
const LONG = {
  quiet: 'q',
  'output-document': 'O',
  'directory-prefix': 'P',
  'server-response': 'S',
  timeout: 'T',
  tries: 't',
  'user-agent': 'U',
}
/** BusyBox' own. */
const DEFAULT_PATIENCE_SECONDS = 900
const MOST_REDIRECTS = 5

interface Wanted {
  url: Url
  isQuiet: boolean
  output: string | undefined
  /** Where a file without a name of its own goes. */
  folder: string | undefined
  isSpider: boolean
  showsHead: boolean
  headers: Record<string, string>
  body: string | undefined
  signal: AbortSignal
}

/** @throws WordError, FileError */
async function bodyOf(process: Process, values: Map<string, string>): Promise<string | undefined> {
  const file = values.get('post-file')
  return file === undefined ? values.get('post-data') : readFile(process, file)
}

function urlOf(text: string): Url {
  const url = parseUrl(text)
  if (!text || !url?.host) throw new WordError(`bad address '${url?.host ?? text}'`)
  if (url.scheme !== 'http' && url.scheme !== 'https') throw new WordError(`not an http or ftp url: ${text}`)
  return url
}

/** BusyBox takes `-t` for the sake of others and tries once; no proxy is there for `-Y`. */
export const wget = applet(
  USAGE,
  async (process, options) => {
    let status = 0
    for (const operand of options.operands) status = (await fetchOne(process, options, urlOf(operand))) || status
    return status
  },
  { long: LONG },
)

async function fetchOne(process: Process, { flags, values, given }: Options, url: Url): Promise<number> {
  const seconds = values.has('T') ? wholeNumber(values.get('T') ?? '') : DEFAULT_PATIENCE_SECONDS
  const limit = deadline(process, Math.min(seconds || DEFAULT_PATIENCE_SECONDS, CONNECT_SECONDS))
  const wanted: Wanted = {
    url,
    isQuiet: flags.has('q'),
    output: values.get('O'),
    folder: values.get('P'),
    isSpider: flags.has('spider'),
    showsHead: flags.has('S'),
    headers: headersOf(given, values.get('U')),
    body: await bodyOf(process, values),
    signal: limit.signal,
  }
  try {
    return await fetchAll(process, wanted)
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    complain(process, wgetError(error, limit, wanted.url))
    return 1
  } finally {
    limit.clear()
  }
}

function headersOf(given: Options['given'], agent: string | undefined): Record<string, string> {
  const headers: Record<string, string> = agent === undefined ? {} : { 'user-agent': agent }
  for (const [name, text = ''] of given) {
    const colon = name === 'header' ? text.indexOf(':') : -1
    if (colon > 0) headers[text.slice(0, colon).toLowerCase()] = text.slice(colon + 1).trim()
  }
  return headers
}

async function fetchAll(process: Process, wanted: Wanted): Promise<number> {
  let url: Url | undefined = wanted.url
  for (let count = 0; url && count <= MOST_REDIRECTS; count++) {
    wanted.url = url
    const response = await request(process, wanted)
    const location = Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'location')?.[1]
    if (response.status < 300 || response.status >= 400 || !location) return finish(process, response, wanted)
    response.stream?.close()
    url = follow(url, location)
  }
  complain(process, 'too many redirections')
  return 1
}

async function request(process: Process, { url, isQuiet, headers, body, signal, showsHead }: Wanted): Promise<HttpResponse> {
  const address = await addressOf(process.machine, url.host, signal)
  const say = (text: string) => process.stderr.write(encode(`${text}\n`))
  if (!isQuiet) await say(`Connecting to ${hostHeader(url)} (${address}:${url.port})`)
  if (url.scheme === 'https' && !isQuiet) await say('wget: note: TLS certificate validation not implemented')
  const response = await process.machine.network.http(
    { address, port: url.port, secure: url.scheme === 'https' },
    {
      method: body === undefined ? 'GET' : 'POST',
      path: url.path,
      headers: { host: hostHeader(url), 'user-agent': 'Wget', connection: 'close', ...headers },
      body: body ?? '',
    },
    { signal },
  )
  if (showsHead) await say(`  HTTP/1.1 ${response.status} ${statusText(response.status)}`)
  if (showsHead) for (const [name, value] of Object.entries(response.headers)) await say(`  ${name}: ${value}`)
  return response
}

function wgetError({ kind, host }: ConnectError, limit: Deadline, url: Url): string {
  if (kind === 'unresolved') return `bad address '${hostHeader(url)}'`
  if (limit.hasPassed() || kind === 'timeout') return 'download timed out'
  if (kind === 'unanswered') return 'error getting response'
  if (kind === 'not-tls') return 'TLS error from peer (alert code 80): internal error'
  return `can't connect to remote host (${host}): ${kind === 'refused' ? 'Connection refused' : 'No route to host'}`
}

const BAR = '|********************************|'

async function finish(
  process: Process,
  response: HttpResponse,
  { url, isQuiet, output, folder, isSpider }: Wanted,
): Promise<number> {
  const say = (text: string) => (isQuiet ? undefined : process.stderr.write(encode(`${text}\n`)))
  if (response.status >= 400 || isSpider) response.stream?.close()
  if (response.status >= 400) {
    complain(process, `server returned error: HTTP/1.1 ${response.status} ${statusText(response.status)}`)
    return 1
  }
  if (isSpider) {
    await say('remote file exists')
    return 0
  }
  const own = url.path.split('?')[0]?.split('/').at(-1) || 'index.html'
  const name = output ?? (folder === undefined ? own : `${folder.replace(/\/$/, '')}/${own}`)
  const shown = name === '-' ? 'stdout' : `'${name}'`
  await say(name === '-' ? 'writing to stdout' : `saving to ${shown}`)
  const size = await save(process, response, name)
  if (size === undefined) return 1
  await say(`${baseName(name).padEnd(20)} 100% ${BAR} ${String(size).padStart(5)}  0:00:00 ETA`)
  await say(name === '-' ? 'written to stdout' : `${shown} saved`)
  return 0
}

/** @returns how many bytes came; undefined where they found no room */
async function save(process: Process, { body, stream }: HttpResponse, name: string): Promise<number | undefined> {
  try {
    const to = name === '-' ? process.stdout : fileAt(process, name)
    await to.write(body)
    return body.length + (stream ? await copyStream(to, stream, process.signal) : 0)
  } catch (error) {
    const why = whyUnwritten(error)
    if (why === undefined) throw error
    stream?.close()
    complain(process, process.machine.fs.exists(resolve(process, name)) ? `short write: ${why}` : `can't open '${name}': ${why}`)
    return undefined
  }
}
