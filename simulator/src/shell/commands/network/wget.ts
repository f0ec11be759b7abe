/** BusyBox' wget. */
import { baseName } from '../../../containers/file-system.js'
import { statusText } from '../../../containers/http-wire.js'
import { ConnectError, type HttpResponse } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { addressOf } from '../../../containers/resolver.js'
import { encode } from '../../../containers/stream.js'
import { command, complain, readOptions, resolve } from '../command.js'
import { copyStream } from './copy-stream.js'
import { CONNECT_SECONDS, type Deadline, deadline } from './deadline.js'
import { follow, hostHeader, parseUrl, type Url } from './url.js'

const VALUED = [
  'O',
  'T',
  't',
  'Y',
  'U',
  'P',
  'o',
  'timeout',
  'tries',
  'header',
  'post-data',
  'post-file',
  'output-document',
  'user-agent',
]
/** BusyBox' own. */
const DEFAULT_PATIENCE_SECONDS = 900
const MOST_REDIRECTS = 5

interface Wanted {
  url: Url
  isQuiet: boolean
  output: string | undefined
  isSpider: boolean
  showsHead: boolean
  headers: Record<string, string>
  body: string | undefined
  signal: AbortSignal
}

export const wget = command(async (process, args) => {
  const { flags, values, operands } = readOptions(args, VALUED)
  const url = parseUrl(operands[0] ?? '')
  if (!operands[0] || !url) {
    complain(process, 'bad address')
    return 1
  }
  const seconds = Number(values.get('T') ?? values.get('timeout') ?? DEFAULT_PATIENCE_SECONDS) || DEFAULT_PATIENCE_SECONDS
  const limit = deadline(process, Math.min(seconds, CONNECT_SECONDS))
  const wanted: Wanted = {
    url,
    isQuiet: flags.has('q'),
    output: values.get('O') ?? values.get('output-document'),
    isSpider: flags.has('spider'),
    showsHead: flags.has('S') || flags.has('server-response'),
    headers: headersOf(args),
    body: values.get('post-data'),
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
})

function headersOf(args: string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [index, arg] of args.entries()) {
    const text = arg === '--header' ? args[index + 1] : arg.startsWith('--header=') ? arg.slice('--header='.length) : undefined
    const colon = text?.indexOf(':') ?? -1
    if (text && colon > 0) headers[text.slice(0, colon).toLowerCase()] = text.slice(colon + 1).trim()
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

async function finish(process: Process, response: HttpResponse, { url, isQuiet, output, isSpider }: Wanted): Promise<number> {
  const say = (text: string) => (isQuiet ? undefined : process.stderr.write(encode(`${text}\n`)))
  if (response.status >= 400) {
    complain(process, `server returned error: HTTP/1.1 ${response.status} ${statusText(response.status)}`)
    return 1
  }
  if (isSpider) {
    await say('remote file exists')
    return 0
  }
  const name = output ?? (url.path.split('?')[0]?.split('/').at(-1) || 'index.html')
  const shown = name === '-' ? 'stdout' : `'${name}'`
  await say(name === '-' ? 'writing to stdout' : `saving to ${shown}`)
  if (name === '-') {
    await process.stdout.write(response.body)
    if (response.stream) await copyStream(process, response.stream, process.signal)
  } else {
    response.stream?.close()
    process.machine.fs.write(resolve(process, name), response.body)
  }
  await say(`${baseName(name).padEnd(20)} 100% ${BAR} ${String(response.body.length).padStart(5)}  0:00:00 ETA`)
  await say(name === '-' ? 'written to stdout' : `${shown} saved`)
  return 0
}
