/** What curl prints. */

import { baseName } from '../../../containers/file-system.js'
import { responseHead, statusText } from '../../../containers/http-wire.js'
import type { HttpResponse } from '../../../containers/network.js'
import { exitCodeOf, type Process } from '../../../containers/process.js'
import { encode } from '../../../containers/stream.js'
import { resolve } from '../command.js'
import { copyStream, fileAt, whyUnwritten } from './copy-stream.js'
import type { CurlOptions } from './curl-options.js'

/** What is known of a transfer, for `-w`. */
export interface Exchange {
  url: string
  status: number
  size: number
  redirects: number
  seconds: () => number
  address?: string
  port?: number
  isConnected?: boolean
  localAddress?: string
  contentType?: string
  redirect?: string
  method?: string
  /** Nobody listens there. */
  refused?: boolean
}

export const reportExchange = (response: HttpResponse): string => responseHead(response)

async function reportAnswer(process: Process, response: HttpResponse, host: string): Promise<void> {
  const lines = responseHead(response).split('\r\n').slice(0, -1)
  await process.stderr.write(`${lines.map((line) => `< ${line}\n`).join('')}* Connection #0 to host ${host} left intact\n`)
}

const METER = `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current
                                 Dload  Upload   Total   Spent    Left  Speed
`
function meter(size: number): string {
  const digits = String(size).padStart(5)
  return `${METER}\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\r100 ${digits}  100 ${digits}    0     0  ${String(size * 500).padStart(5)}      0 --:--:-- --:--:-- --:--:-- ${String(size * 600).padStart(5)}\n`
}

interface Finished {
  response: HttpResponse
  exchange: Exchange
  output: string | undefined
  /** Aborted when the time that the transfer may take is over. */
  signal: AbortSignal
}

async function lateCode(process: Process, { showsErrors, maxTime = 0 }: CurlOptions, { size }: Exchange): Promise<number> {
  if (process.signal.aborted) return exitCodeOf(process.signal)
  const text = `Operation timed out after ${Math.round(maxTime * 1000)} milliseconds with ${size} bytes received`
  if (showsErrors) await process.stderr.write(`curl: (28) ${text}\n`)
  return 28
}

/** What is shown of an answer goes where it belongs. @returns how many bytes came that were not there at once */
async function passOn(
  process: Process,
  shown: string,
  { response: { stream }, output, signal, isWanted }: Pick<Finished, 'response' | 'output' | 'signal'> & { isWanted: boolean },
): Promise<number> {
  const to = output === undefined || output === '-' ? process.stdout : fileAt(process, output)
  await to.write(shown)
  if (stream && isWanted) return copyStream(to, stream, signal)
  stream?.close()
  return 0
}

/** A disk without room, or a folder that is not there. @returns the exit code */
async function unwritten(
  process: Process,
  { showsErrors }: CurlOptions,
  { why, output, size }: { why: string; output: string; size: number },
): Promise<number> {
  const isOpen = process.machine.fs.exists(resolve(process, output))
  const text = isOpen
    ? `Failure writing output to destination, passed ${size} returned 0`
    : `client returned ERROR on write, ${size} bytes requested`
  if (!showsErrors) return 23
  if (!isOpen) await process.stderr.write(`Warning: Failed to open the file ${output}: ${why}\n`)
  await process.stderr.write(`curl: (23) ${text}\n`)
  return 23
}

/** Writes head and body where they belong. @returns the exit code */
export async function finishTransfer(
  process: Process,
  options: CurlOptions,
  { response, exchange, output, signal }: Finished,
): Promise<number> {
  const isFailure = options.fails !== 'no' && response.status >= 400
  const isWanted = options.shows.body && !(isFailure && options.fails === 'silently')
  const shown = `${options.shows.head ? responseHead(response) : ''}${isWanted ? response.body : ''}`
  const contentType = Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  Object.assign(exchange, {
    size: isWanted ? response.body.length : 0,
    method: options.method,
    contentType: contentType ?? '',
  })
  if (options.verbose) await reportAnswer(process, response, new URL(exchange.url).hostname)
  const tellSize = async () => {
    if (options.shows.meter && !process.terminal) await process.stderr.write(meter(exchange.size))
  }
  if (!response.stream) await tellSize()
  const name = output === '<name>' ? baseName(new URL(exchange.url).pathname) : output
  try {
    exchange.size += await passOn(process, shown, { response, output: name, signal, isWanted })
  } catch (error) {
    const why = whyUnwritten(error)
    if (why === undefined) throw error
    return unwritten(process, options, { why, output: name ?? '-', size: shown.length })
  }
  if (signal.aborted) return lateCode(process, options, exchange)
  if (response.stream) await tellSize()
  if (!isFailure) return 0
  if (options.showsErrors) await process.stderr.write(`curl: (22) The requested URL returned error: ${response.status}\n`)
  return 22
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' }

/** `-w`: `%{http_code}` and the other variables that labs print. */
export function writeOut(format: string, exchange: Exchange, code: number): string {
  const seconds = exchange.seconds().toFixed(6)
  const variables: Record<string, string> = {
    http_code: String(exchange.status).padStart(3, '0'),
    response_code: String(exchange.status).padStart(3, '0'),
    exitcode: String(code),
    content_type: exchange.contentType ?? '',
    method: exchange.method ?? 'GET',
    num_redirects: String(exchange.redirects),
    redirect_url: exchange.redirect ?? '',
    remote_ip: exchange.address ?? '',
    remote_port: String(exchange.port ?? 0),
    local_ip: exchange.localAddress ?? '',
    scheme: exchange.url.startsWith('https') ? 'https' : 'http',
    size_download: String(exchange.size),
    url: exchange.url,
    url_effective: exchange.url,
    time_total: seconds,
    time_connect: seconds,
    time_namelookup: seconds,
    time_starttransfer: seconds,
    status_text: statusText(exchange.status),
  }
  return encode(
    format
      .replace(/%\{(\w+)\}|%%/g, (all, name?: string) => (name === undefined ? '%' : (variables[name] ?? all)))
      .replace(/\\([ntr])/g, (_, letter: string) => ESCAPES[letter] ?? ''),
  )
}
