/** curl, as far as labs use it. Texts and exit codes are those of curl 8.15. */
import { nameProblem, trustProblem } from '../../../containers/certificates.js'
import { ConnectError, type HttpRequest, type HttpResponse, isAddress, type TlsIdentity } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { addressOf } from '../../../containers/resolver.js'
import { encode, readAll } from '../../../containers/stream.js'
import { agreedVersion, spokenOf } from '../../../containers/tls-versions.js'
import { sleep } from '../../../time/clock.js'
import { command, resolve } from '../command.js'
import { type CurlOptions, readCurlOptions } from './curl-options.js'
import { type Exchange, finishTransfer, reportExchange, writeOut } from './curl-output.js'
import { Report } from './curl-verbose.js'
import { UsageError } from './curl-words.js'
import { CONNECT_SECONDS, deadline } from './deadline.js'
import { follow, hostHeader, parseUrl, type Url } from './url.js'

/** A failed transfer: curl's exit code and its words. */
class CurlError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message)
  }
}

export const curl = command(async (process, args) => {
  try {
    const options = readCurlOptions(args)
    if (options.version) {
      await process.stdout.write('curl 8.15.0 (x86_64-alpine-linux-musl)\n')
      return 0
    }
    if (options.urls.length === 0) throw new UsageError(2, 'no URL specified')
    let code = 0
    for (const [index, url] of options.urls.entries()) code = await transfer(process, options, { url, index })
    return code
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    await process.stderr.write(
      encode(
        `curl: ${error.code === 2 ? '' : `(${error.code}) `}${error.message}\ncurl: try 'curl --help' for more information\n`,
      ),
    )
    return 2
  }
})

async function transfer(process: Process, options: CurlOptions, { url, index }: { url: string; index: number }): Promise<number> {
  const startedMs = process.machine.clock.now()
  const exchange: Exchange = {
    url,
    status: 0,
    size: 0,
    redirects: 0,
    seconds: () => (process.machine.clock.now() - startedMs) / 1000,
  }
  const code = await again(process, options, { exchange, output: options.outputs[index] })
  if (options.writeOut !== undefined) await process.stdout.write(writeOut(options.writeOut, exchange, code))
  return code
}

/** Answers that are worth another try. @see curl(1), --retry */
const PASSING_STATUS = [408, 429, 500, 502, 503, 504]
const MOST_DELAY_SECONDS = 600

/** What may be over a moment later. */
function passingTrouble({ retry }: CurlOptions, { status, refused }: Exchange, code: number): string | undefined {
  if (code === 28 || code === 6) return 'timeout'
  if (refused && retry.refused) return 'connection refused'
  if ((code === 0 || code === 22) && PASSING_STATUS.includes(status)) return `HTTP error`
  return code !== 0 && retry.all ? '(retrying all errors)' : undefined
}

/** Tries until it works, the trouble is none that passes, or there were enough. */
async function again(
  process: Process,
  options: CurlOptions,
  target: { exchange: Exchange; output: string | undefined },
): Promise<number> {
  const { count, delaySeconds, mostSeconds } = options.retry
  for (let left = count, delay = delaySeconds ?? 1; ; left--, delay = delaySeconds ?? Math.min(delay * 2, MOST_DELAY_SECONDS)) {
    Object.assign(target.exchange, { status: 0, refused: false })
    const code = await once(process, options, target)
    const trouble = left > 0 ? passingTrouble(options, target.exchange, code) : undefined
    const isLate = mostSeconds !== undefined && target.exchange.seconds() + delay > mostSeconds
    if (!trouble || isLate || process.signal.aborted) return code
    const warning = `Problem: ${trouble}. Will retry in ${delay} second${delay === 1 ? '' : 's'}. ${left} ${left === 1 ? 'retry' : 'retries'} left.`
    if (options.showsErrors) await process.stderr.write(`Warning: ${warning}\n`)
    await sleep(process.machine.clock, delay * 1000, process.signal)
  }
}

async function once(
  process: Process,
  options: CurlOptions,
  { exchange, output }: { exchange: Exchange; output: string | undefined },
): Promise<number> {
  const limit = deadline(process, options.maxTime)
  try {
    const response = await exchangeAll(process, options, { exchange, signal: limit.signal })
    return await finishTransfer(process, options, { response, exchange, output, signal: limit.signal })
  } catch (error) {
    if (!(error instanceof CurlError)) throw error
    exchange.refused = error.code === 7
    const late = limit.hasPassed()
    const milliseconds = Math.round((options.maxTime ?? 0) * 1000)
    const lateText = exchange.isConnected
      ? `Operation timed out after ${milliseconds} milliseconds with 0 bytes received`
      : `Connection timed out after ${milliseconds} milliseconds`
    const text = late ? lateText : error.message
    const code = late ? 28 : error.code
    if (options.showsErrors) await process.stderr.write(encode(`curl: (${code}) ${text}\n`))
    return code
  } finally {
    limit.clear()
  }
}

/** Follows redirects where asked to. */
async function exchangeAll(
  process: Process,
  options: CurlOptions,
  { exchange, signal }: { exchange: Exchange; signal: AbortSignal },
): Promise<HttpResponse> {
  let url = parseUrl(exchange.url)
  let method = options.method
  for (;;) {
    if (!url?.host) throw new CurlError(3, 'URL rejected: No host part in the URL')
    if (url.scheme !== 'http' && url.scheme !== 'https') throw new CurlError(1, `Protocol "${url.scheme}" not supported`)
    const request = requestOf(options, url, method, await bodyOf(process, options))
    const response = await send(process, options, { url, request, signal, exchange })
    const location = Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'location')?.[1]
    const next = location !== undefined && response.status >= 300 && response.status < 400 ? follow(url, location) : undefined
    Object.assign(exchange, {
      status: response.status,
      url: `${url.scheme}://${hostHeader(url)}${url.path}`,
      redirect: next?.shown ?? '',
    })
    if (!next || !options.follows) return response
    if (exchange.redirects >= options.mostRedirects)
      throw new CurlError(47, `Maximum (${options.mostRedirects}) redirects followed`)
    exchange.redirects++
    response.stream?.close()
    if (response.status === 303 || (method === 'POST' && response.status < 303)) method = 'GET'
    if (options.shows.head) await process.stdout.write(reportExchange(response))
    url = next
  }
}

async function bodyOf(process: Process, { data }: CurlOptions): Promise<string> {
  const parts: string[] = []
  for (const { text, isFile, binary } of data) {
    const content = !isFile ? text : text === '-' ? await readAll(process.stdin) : process.machine.fs.read(resolve(process, text))
    parts.push(isFile && !binary ? content.replace(/[\r\n]/g, '') : content)
  }
  return parts.join('&')
}

function requestOf(options: CurlOptions, url: Url, method: string, body: string): HttpRequest {
  const query = options.asQuery && body ? `${url.path.includes('?') ? '&' : '?'}${body}` : ''
  const sent = options.asQuery || method === 'GET' || method === 'HEAD' ? '' : body
  const user = options.user ?? url.user
  const headers: Record<string, string> = {
    host: hostHeader(url),
    ...(user ? { authorization: `Basic ${Buffer.from(user).toString('base64')}` } : {}),
    'user-agent': 'curl/8.15.0',
    accept: '*/*',
    ...(sent ? { 'content-length': String(sent.length), 'content-type': 'application/x-www-form-urlencoded' } : {}),
  }
  for (const [name, value] of options.headers) {
    if (value === undefined) delete headers[name]
    else headers[name] = value
  }
  return { method, path: `${url.path}${query}`, headers, body: sent }
}

interface Sending {
  url: Url
  request: HttpRequest
  signal: AbortSignal
  exchange: Exchange
}

async function send(process: Process, options: CurlOptions, { url, request, signal, exchange }: Sending): Promise<HttpResponse> {
  const { machine } = process
  const startedMs = machine.clock.now()
  const connecting = deadline({ ...process, signal }, Math.min(options.connectTimeout ?? CONNECT_SECONDS, CONNECT_SECONDS))
  try {
    const pinned = options.resolve.get(`${url.host}:${url.port}`)
    const address = pinned ?? (await addressOf(machine, url.host, connecting.signal))
    Object.assign(exchange, { address, port: url.port, localAddress: machine.network.address })
    const report = options.verbose
      ? new Report(process, { url, address, isPinned: pinned !== undefined, most: options.tls.most })
      : undefined
    await report?.trying()
    const target = { address, port: url.port, secure: url.scheme === 'https' }
    const verify = (identity: TlsIdentity) => {
      const version = agreedVersion(identity, options.tls)
      if (!version) return disagreement(options, report)
      const trust = trustProblem(identity, trustedBy(process, options), machine.clock.now())
      const problem = trust ?? nameProblem(identity, url.host)
      report?.secured(identity, { version, problem, goesOn: options.insecure })
      return options.insecure ? undefined : problem?.text
    }
    const serverName = isAddress(url.host) ? '' : url.host
    const onConnected = () => {
      exchange.isConnected = true
      connecting.relax()
    }
    const response = await machine.network.http(target, request, { signal: connecting.signal, verify, serverName, onConnected })
    await report?.sent(request)
    return response
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    throw curlError(error, url, { milliseconds: machine.clock.now() - startedMs, patience: connecting.hasPassed() })
  } finally {
    connecting.clear()
  }
}

/** OpenSSL's words, its own or those of the alert that the server sends. */
function disagreement({ tls }: CurlOptions, report: Report | undefined): string {
  if (spokenOf(tls).length === 0) return 'error:0A0000BF:SSL routines::no protocols available'
  report?.disagreed(tls.most)
  return 'error:0A00042E:SSL routines::tlsv1 alert protocol version'
}

/** The certificates of `--cacert`: an image brings none of its own that anybody of the cluster is signed by. */
function trustedBy(process: Process, { caFile }: CurlOptions): string {
  const node = caFile ? process.machine.fs.stat(resolve(process, caFile)) : undefined
  return node?.type === 'file' ? node.data : ''
}

const CERTIFICATE_HELP = `
More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the webpage mentioned above.`

function curlError(
  { kind, detail }: ConnectError,
  { host, port }: Url,
  { milliseconds, patience }: { milliseconds: number; patience: boolean },
): CurlError {
  const failed = `Failed to connect to ${host} port ${port} after ${milliseconds} ms: `
  if (kind === 'unresolved') return new CurlError(6, `Could not resolve host: ${host}`)
  if (detail.startsWith('error:0A')) return new CurlError(35, `TLS connect error: ${detail}`)
  if (kind === 'certificate')
    return new CurlError(
      60,
      detail.startsWith('no alternative') ? `SSL: ${detail}` : `SSL certificate problem: ${detail}${CERTIFICATE_HELP}`,
    )
  if (kind === 'not-tls') return new CurlError(35, 'TLS connect error: error:0A00010B:SSL routines::wrong version number')
  if (kind === 'reset') return new CurlError(56, 'Recv failure: Connection reset by peer')
  if (kind === 'unanswered')
    return detail ? new CurlError(1, 'Received HTTP/0.9 when not allowed') : new CurlError(52, 'Empty reply from server')
  if (patience) return new CurlError(28, `Connection timed out after ${milliseconds} milliseconds`)
  if (kind === 'timeout') return new CurlError(28, `${failed}Could not connect to server`)
  return new CurlError(7, `${failed}Could not connect to server`)
}
