import { ConnectError, type HttpResponse } from '../../containers/network.js'
import type { Process, Program } from '../../containers/process.js'
import { readAll } from '../../containers/stream.js'
import { sleep } from '../../time/clock.js'
import { command, complain, readOptions, resolve } from './command.js'

interface Target {
  host: string
  port: number
  path: string
  shown: string
}

function parseUrl(text: string): Target {
  const match = /^(?:(https?):\/\/)?([^/:?]+)(?::(\d+))?([/?].*)?$/.exec(text)
  const [, scheme = 'http', host = text, port, path = '/'] = match ?? []
  return {
    host,
    port: Number(port ?? (scheme === 'https' ? 443 : 80)),
    path: path.startsWith('?') ? `/${path}` : path,
    shown: text,
  }
}

const STATUS_TEXTS: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  301: 'Moved Permanently',
  302: 'Found',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}
export const statusText = (code: number): string => STATUS_TEXTS[code] ?? 'Unknown'

/** Ends with the process, or after `seconds`. */
function deadline(
  process: Process,
  seconds: number | undefined,
): { signal: AbortSignal; hasPassed: () => boolean; clear: () => void } {
  const ended = new AbortController()
  let passed = false
  const stop = () => ended.abort(process.signal.reason)
  process.signal.addEventListener('abort', stop, { once: true })
  const cancel = seconds
    ? process.machine.clock.after(seconds * 1000, () => {
        passed = true
        ended.abort('timeout')
      })
    : () => {}
  return {
    signal: ended.signal,
    hasPassed: () => passed,
    clear() {
      cancel()
      process.signal.removeEventListener('abort', stop)
    },
  }
}

const wget = command(async (process, args) => {
  const { flags, values, operands } = readOptions(args, [
    'O',
    'T',
    't',
    'Y',
    'U',
    'timeout',
    'tries',
    'header',
    'post-data',
    'output-document',
  ])
  const target = parseUrl(operands[0] ?? '')
  const quiet = flags.has('q')
  const limit = deadline(process, Number(values.get('T') ?? values.get('timeout') ?? 0) || undefined)
  try {
    if (!quiet)
      await process.stderr.write(
        `Connecting to ${target.host}${target.port === 80 ? '' : `:${target.port}`} (${await addressText(process, target)})\n`,
      )
    const body = values.get('post-data') ?? ''
    const headers: Record<string, string> = {
      host: target.port === 80 ? target.host : `${target.host}:${target.port}`,
      'user-agent': 'Wget',
    }
    const response = await process.machine.network.http(
      target.host,
      target.port,
      { method: values.has('post-data') ? 'POST' : 'GET', path: target.path, headers, body },
      limit.signal,
    )
    return await finishWget(process, response, {
      target,
      quiet,
      output: values.get('O') ?? values.get('output-document'),
      spider: flags.has('spider'),
    })
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    complain(process, wgetError(error, limit.hasPassed(), target))
    return 1
  } finally {
    limit.clear()
  }
})

async function addressText(process: Process, target: Target): Promise<string> {
  const answer = await process.machine.network.resolve(target.host)
  if (answer.type === 'missing') throw new ConnectError('unresolved', target.host)
  return `${answer.addresses[0] ?? target.host}:${target.port}`
}

function wgetError(error: ConnectError, timedOut: boolean, { host, port }: Target): string {
  if (error.kind === 'unresolved') return `bad address '${host}${port === 80 ? '' : `:${port}`}'`
  if (timedOut || error.kind === 'timeout') return 'download timed out'
  return `can't connect to remote host (${error.host}): ${error.kind === 'refused' ? 'Connection refused' : 'No route to host'}`
}

async function finishWget(
  process: Process,
  response: HttpResponse,
  { target, quiet, output, spider }: { target: Target; quiet: boolean; output: string | undefined; spider: boolean },
): Promise<number> {
  if (response.status >= 400) {
    complain(process, `server returned error: HTTP/1.1 ${response.status} ${statusText(response.status)}`)
    return 1
  }
  if (spider) return 0
  if (output === '-') await process.stdout.write(response.body)
  else {
    const name = output ?? (target.path.split('?')[0]?.split('/').at(-1) || 'index.html')
    process.machine.fs.write(resolve(process, name), response.body)
    if (!quiet) await process.stderr.write(`saving to '${name}'\n'${name}' saved\n`)
  }
  return 0
}

const CURL_VALUES = [
  'o',
  'm',
  'X',
  'd',
  'H',
  'w',
  'A',
  'u',
  'output',
  'max-time',
  'connect-timeout',
  'request',
  'data',
  'header',
  'write-out',
  'retry',
  'resolve',
  'cacert',
]

const curl = command(async (process, args) => {
  const headers: Record<string, string> = {}
  for (const [index, arg] of args.entries()) if (arg === '-H' || arg === '--header') addHeader(headers, args[index + 1] ?? '')
  const { flags, values, operands } = readOptions(args, CURL_VALUES)
  const value = (short: string, long: string) => values.get(short) ?? values.get(long)
  const target = parseUrl(operands[0] ?? '')
  const seconds = Number(value('m', 'max-time') ?? values.get('connect-timeout') ?? 0) || undefined
  const limit = deadline(process, seconds)
  const isSilent = flags.has('s') || flags.has('silent')
  const shows = !isSilent || flags.has('S') || flags.has('show-error')
  const body = value('d', 'data') ?? ''
  const isHead = flags.has('I') || flags.has('head')
  const method = value('X', 'request') ?? (isHead ? 'HEAD' : body ? 'POST' : 'GET')
  try {
    const response = await process.machine.network.http(
      target.host,
      target.port,
      {
        method,
        path: target.path,
        headers: {
          host: target.port === 80 ? target.host : `${target.host}:${target.port}`,
          'user-agent': 'curl/8.15.0',
          accept: '*/*',
          ...headers,
        },
        body,
      },
      limit.signal,
    )
    return await finishCurl(process, response, { flags, values, isHead, shows })
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    const [code, text] = curlError(error, limit.hasPassed() ? (seconds ?? 0) : undefined, target)
    if (shows) await process.stderr.write(`curl: (${code}) ${text}\n`)
    const format = value('w', 'write-out')
    if (format) await process.stdout.write(writeOut(format, 0))
    return code
  } finally {
    limit.clear()
  }
})

function addHeader(headers: Record<string, string>, text: string): void {
  const colon = text.indexOf(':')
  if (colon > 0) headers[text.slice(0, colon).toLowerCase()] = text.slice(colon + 1).trim()
}

function curlError(error: ConnectError, passedSeconds: number | undefined, { host, port }: Target): [number, string] {
  if (error.kind === 'unresolved') return [6, `Could not resolve host: ${host}`]
  if (passedSeconds !== undefined) return [28, `Connection timed out after ${Math.round(passedSeconds * 1000)} milliseconds`]
  if (error.kind === 'timeout')
    return [28, `Failed to connect to ${host} port ${port} after 134000 ms: Could not connect to server`]
  return [7, `Failed to connect to ${host} port ${port} after 0 ms: Could not connect to server`]
}

const writeOut = (format: string, status: number): string =>
  format.replace(/%\{(?:http_code|response_code)\}/g, String(status).padStart(3, '0')).replace(/\\n/g, '\n')

interface CurlOptions {
  flags: Set<string>
  values: Map<string, string>
  isHead: boolean
  shows: boolean
}

async function finishCurl(
  process: Process,
  response: HttpResponse,
  { flags, values, isHead, shows }: CurlOptions,
): Promise<number> {
  const isFailure = (flags.has('f') || flags.has('fail')) && response.status >= 400
  const head = `HTTP/1.1 ${response.status} ${statusText(response.status)}\r\n${Object.entries(response.headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
  const shown = `${isHead || flags.has('i') ? head : ''}${isHead || isFailure ? '' : response.body}`
  const output = values.get('o') ?? values.get('output')
  if (output === undefined) await process.stdout.write(shown)
  else if (output !== '/dev/null') process.machine.fs.write(resolve(process, output), shown)
  const format = values.get('w') ?? values.get('write-out')
  if (format) await process.stdout.write(writeOut(format, response.status))
  if (!isFailure) return 0
  if (shows) await process.stderr.write(`curl: (22) The requested URL returned error: ${response.status}\n`)
  return 22
}

/** As BusyBox prints it. */
const nslookup = command(async (process, args) => {
  const [name = '', server] = args.filter((arg) => !arg.startsWith('-'))
  const { network } = process.machine
  await process.stdout.write(`Server:\t\t${server ?? network.nameServer}\nAddress:\t${server ?? network.nameServer}:53\n\n`)
  const answer = await network.resolve(name)
  if (answer.type === 'missing') {
    await process.stdout.write(`** server can't find ${name}: NXDOMAIN\n\n`)
    return 1
  }
  if (answer.cname) await process.stdout.write(`${name}\tcanonical name = ${answer.cname}\n`)
  for (const address of answer.addresses)
    await process.stdout.write(`Name:\t${answer.cname ?? answer.name}\nAddress: ${address}\n`)
  await process.stdout.write('\n')
  return 0
})

const nc = command(async (process, args) => {
  const { flags, values, operands } = readOptions(args, ['w', 'l', 'p'])
  const [host = '', port = ''] = operands
  const limit = deadline(process, Number(values.get('w') ?? 0) || undefined)
  try {
    await process.machine.network.connect(host, Number(port), limit.signal)
    if (flags.has('v')) await process.stderr.write(`${host} (${host}:${port}) open\n`)
    if (flags.has('z')) return 0
    const request = /^([A-Z]+) (\S+)/.exec(await readAll(process.stdin))
    if (request) {
      const response = await process.machine.network.http(
        host,
        Number(port),
        { method: request[1] ?? 'GET', path: request[2] ?? '/', headers: { host }, body: '' },
        limit.signal,
      )
      await process.stdout.write(`HTTP/1.1 ${response.status} ${statusText(response.status)}\r\n\r\n${response.body}`)
    }
    return 0
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    if (error.kind === 'unresolved') complain(process, `bad address '${host}'`)
    else if (limit.hasPassed() || error.kind === 'timeout') complain(process, 'timed out')
    else if (flags.has('v')) complain(process, `${host} (${host}:${port}): Connection refused`)
    return 1
  } finally {
    limit.clear()
  }
})

const ping = command(async (process, args) => {
  const { values, operands } = readOptions(args, ['c', 'W', 'w', 'i'])
  const [host = ''] = operands
  const answer = await process.machine.network.resolve(host)
  if (answer.type === 'missing') {
    complain(process, `bad address '${host}'`)
    return 1
  }
  const [address = host] = answer.addresses
  const count = Number(values.get('c') ?? 4)
  await process.stdout.write(`PING ${host} (${address}): 56 data bytes\n`)
  for (let index = 0; index < count && !process.signal.aborted; index++) {
    if (index > 0) await sleep(process.machine.clock, 1000, process.signal)
    await process.stdout.write(`64 bytes from ${address}: seq=${index} ttl=63 time=0.080 ms\n`)
  }
  await process.stdout.write(
    `\n--- ${host} ping statistics ---\n${count} packets transmitted, ${count} packets received, 0% packet loss\nround-trip min/avg/max = 0.080/0.080/0.080 ms\n`,
  )
  return 0
})

/** BusyBox' web server: the files below a folder. */
const httpd = command(async (process, args) => {
  const { flags, values } = readOptions(args, ['p', 'h', 'c', 'u'])
  const port = Number((values.get('p') ?? '80').split(':').at(-1))
  const root = resolve(process, values.get('h') ?? '.')
  const { fs, network } = process.machine
  const isFree = network.listen(port, (request) => {
    const path = `${root}${request.path.split('?')[0]}`.replace(/\/$/, '/index.html')
    const node = fs.stat(path)
    if (node?.type !== 'file')
      return {
        status: 404,
        headers: { 'Content-type': 'text/html' },
        body: '<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not found\n</BODY></HTML>\n',
      }
    return { status: 200, headers: { 'Content-type': 'text/html', 'Content-Length': String(node.data.length) }, body: node.data }
  })
  if (!isFree) {
    complain(process, 'bind: Address already in use')
    return 1
  }
  if (!flags.has('f')) return 0
  await new Promise<void>((done) =>
    process.signal.aborted ? done() : process.signal.addEventListener('abort', () => done(), { once: true }),
  )
  network.unlisten(port)
  return 143
})

export const networkCommands: Record<string, Program> = { wget, nslookup, nc, ping, httpd }
export const curlProgram = curl
