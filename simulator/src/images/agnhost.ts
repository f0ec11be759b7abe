/** agnhost, the image of Kubernetes' own network tests. @see test/images/agnhost */
import { ConnectError, type HttpRequest, type HttpResponse } from '../containers/network.js'
import type { Process, Program } from '../containers/process.js'
import { addressOf } from '../containers/resolver.js'
import { encode } from '../containers/stream.js'
import { readOptions, UsageError } from '../shell/commands/command.js'
import { busyboxPrograms } from '../shell/commands/index.js'
import { curl } from '../shell/commands/network/curl.js'
import { deadline } from '../shell/commands/network/deadline.js'
import { networkTools } from '../shell/commands/network/index.js'
import type { Image } from './image.js'
import { serveUntilEnded, text } from './serving.js'

/** The ports of the flags, as numbers; another flag is refused in cobra's words. */
function portsOf(process: Process, defaults: Record<string, number>): Record<string, number> {
  const usage = Object.keys(defaults).map((name) => `[--${name}=PORT]`)
  const { values } = readOptions(process.argv.slice(2), usage.join(' '))
  return Object.fromEntries(Object.entries(defaults).map(([name, port]) => [name, Number(values.get(name) ?? port)]))
}

/** Of what a command prints no more is kept; who writes on is stopped, as by a pipe that nobody reads. */
const MOST_OUTPUT = 1024 * 1024

async function runShell(process: Process, command: string): Promise<HttpResponse> {
  let output = ''
  const sink = {
    write(data: string) {
      if (output.length <= MOST_OUTPUT) output += data
    },
    get broken() {
      return output.length > MOST_OUTPUT
    },
  }
  const program = busyboxPrograms.sh as Program
  const code = await program({ ...process, argv: ['sh', '-c', command], stdout: sink, stderr: sink })
  return text(200, JSON.stringify(code === 0 ? { output } : { output, error: `exit status ${code}` }))
}

function netexecAnswer(process: Process, request: HttpRequest, from: string): HttpResponse | Promise<HttpResponse> {
  const url = new URL(request.path, 'http://agnhost')
  switch (url.pathname.toLowerCase()) {
    case '/':
      return text(200, `NOW: ${new Date(process.machine.clock.now()).toISOString()}`)
    case '/hostname':
      return text(200, process.machine.hostname)
    case '/clientip':
      return text(200, `${from}:40000`)
    case '/echo':
      return text(Number(url.searchParams.get('code') ?? 200), url.searchParams.get('msg') ?? '')
    case '/header':
      return text(200, request.headers[(url.searchParams.get('key') ?? '').toLowerCase()] ?? '')
    case '/healthz':
      return text(200, '')
    case '/shell':
      return runShell(process, url.searchParams.get('cmd') ?? url.searchParams.get('shellCommand') ?? '')
    default:
      return text(404, '404 page not found\n')
  }
}

const netexec: Program = async (process) => {
  const { network, hostname } = process.machine
  const { 'http-port': port = 0, 'udp-port': udp = 0 } = portsOf(process, { 'http-port': 8080, 'udp-port': 8081 })
  const log = (line: string) => process.stderr.write(encode(`${line}\n`))
  network.listen(port, {
    program: 'agnhost',
    http(request, from) {
      void log(`${request.method} ${request.path}`)
      return netexecAnswer(process, request, from)
    },
  })
  network.bind(udp, (data) => (/^hostname/i.test(data) ? hostname : data.replace(/^echo /i, '')), 'agnhost')
  await log(`Started HTTP server on port ${port}\nStarted UDP server on port ${udp}`)
  const code = await serveUntilEnded(process, [port])
  network.unbind(udp)
  return code
}

const CONNECT_ERRORS: Record<string, string> = { refused: 'REFUSED', timeout: 'TIMEOUT', unresolved: 'DNS', unreachable: 'OTHER' }

const connect: Program = async (process) => {
  const { values, operands } = readOptions(process.argv.slice(2), '[--timeout=DURATION] [--protocol=NAME] HOST:PORT')
  const [host = '', port = ''] = (operands[0] ?? '').split(':')
  const limit = deadline(process, Number.parseFloat(values.get('timeout') ?? '0') || undefined)
  try {
    const address = await addressOf(process.machine, host, limit.signal)
    const target = { address, port: Number(port) }
    if (values.get('protocol') === 'udp') await process.machine.network.datagram(target, 'echo ', limit.signal)
    else (await process.machine.network.connect(target, limit.signal)).close()
    return 0
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    await process.stderr.write(`${limit.hasPassed() ? 'TIMEOUT' : (CONNECT_ERRORS[error.kind] ?? 'OTHER')}\n`)
    return 1
  } finally {
    limit.clear()
  }
}

/** Every variable `SERVE_PORT_80=TEXT` is a port that answers with its text. */
const porter: Program = async (process) => {
  const ports = [...process.env].flatMap(([name, body]) => {
    const [, port] = /^SERVE_(?:TLS_)?PORT_(\d+)$/.exec(name) ?? []
    return port ? [{ port: Number(port), body }] : []
  })
  for (const { port, body } of ports) process.machine.network.listen(port, { http: () => text(200, body), program: 'agnhost' })
  return serveUntilEnded(
    process,
    ports.map(({ port }) => port),
  )
}

const serveHostname: Program = async (process) => {
  const { port = 0 } = portsOf(process, { port: 9376 })
  process.machine.network.listen(port, { http: () => text(200, process.machine.hostname), program: 'agnhost' })
  return serveUntilEnded(process, [port])
}

const testWebserver: Program = async (process) => {
  const { port = 0 } = portsOf(process, { port: 80 })
  const { fs, network } = process.machine
  network.listen(port, {
    program: 'agnhost',
    http({ path }) {
      const node = fs.stat(path.split('?')[0] ?? '/')
      return node?.type === 'file' ? text(200, node.data) : text(404, '404 page not found\n')
    },
  })
  return serveUntilEnded(process, [port])
}

const pause: Program = (process) => serveUntilEnded(process, [])

const SUBCOMMANDS: Record<string, Program> = {
  netexec,
  connect,
  porter,
  pause,
  'serve-hostname': serveHostname,
  'test-webserver': testWebserver,
}

const agnhost: Program = async (process) => {
  const program = SUBCOMMANDS[process.argv[1] ?? 'pause']
  try {
    if (program) return await program(process)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    await process.stderr.write(encode(`Error: ${error.message.replace(/^unrecognized option '(.*)'$/, 'unknown flag: $1')}\n`))
    return 1
  }
  await process.stderr.write(encode(`Error: unknown command "${process.argv[1]}" for "agnhost" of the simulated cluster\n`))
  return 1
}

export const agnhostImage: Image = {
  repository: 'registry.k8s.io/e2e-test-images/agnhost',
  entrypoint: ['/agnhost'],
  command: ['pause'],
  programs: { ...busyboxPrograms, ...networkTools, bash: busyboxPrograms.sh as Program, curl, agnhost },
  sizeBytes: 53_000_000,
}
