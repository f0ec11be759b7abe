/** nginx: reads its configuration as the real one does, dies of what is wrong in it, and serves files and other servers. */
import { FileError } from '../../containers/file-system.js'
import type { HttpRequest, HttpResponse } from '../../containers/network.js'
import type { Process, Program } from '../../containers/process.js'
import { type Running, still } from '../../containers/process-table.js'
import { httpDate } from '../../time/clock.js'
import { ended } from '../serving.js'
import { Answerer } from './answer.js'
import { validate } from './directives.js'
import { errorTime, Log } from './log.js'
import { type Level, type Model, modelOf, type Port, serverFor } from './model.js'
import { needsTls } from './pages.js'
import { Forwarder, readTarget } from './proxy.js'
import { at, type Directive, EmergencyError, readConfiguration } from './syntax.js'
import { compile, type Visit } from './variables.js'

const ERROR_LOG = '/var/log/nginx/error.log'
const ACCESS_LOG = '/var/log/nginx/access.log'
const WORKERS = 2
const CACHES = ['client_temp', 'proxy_temp', 'fastcgi_temp', 'uwsgi_temp', 'scgi_temp']

interface Called {
  action: 'serve' | 'test' | 'dump' | 'signal'
  signal: string
  file: string
  /** Directives of `-g`. */
  global: string
}

/** @throws EmergencyError */
function readArguments(args: string[]): Called | string {
  const called: Called = { action: 'serve', signal: '', file: '/etc/nginx/nginx.conf', global: '' }
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? ''
    if (arg === '-t' || arg === '-T') called.action = arg === '-t' ? 'test' : 'dump'
    else if (['-s', '-c', '-g', '-p', '-e'].includes(arg)) {
      const value = args[++index]
      if (value === undefined)
        return `option "${arg}" requires ${arg === '-s' ? 'a signal name' : arg === '-g' ? 'parameter' : 'file name'}`
      if (arg === '-s') Object.assign(called, { action: 'signal', signal: value })
      if (arg === '-c') called.file = value.startsWith('/') ? value : `/etc/nginx/${value}`
      if (arg === '-g') called.global = value
    } else if (arg !== '-q') return arg.startsWith('-') ? `invalid option: "${arg.slice(1)}"` : `invalid option: "${arg}"`
  }
  if (called.action === 'signal' && !['stop', 'quit', 'reload', 'reopen'].includes(called.signal))
    return `invalid option: "-s ${called.signal}"`
  return called
}

interface Loaded {
  directives: Directive[]
  model: Model
  proxy: Forwarder
  answerer: Answerer
  warnings: string[]
}

/** Reads, judges and looks up the names of other servers. @throws EmergencyError */
async function load(process: Process, { file }: Called, log: Log): Promise<Loaded> {
  const { fs } = process.machine
  const directives = readConfiguration(fs, file)
  const warnings: string[] = []
  validate(directives, 'm', (text) => warnings.push(text))
  const model = modelOf(directives, fs)
  const proxy = new Forwarder(process, model)
  await mindTargets(directives, model, proxy)
  return { directives, model, proxy, answerer: new Answerer(model, proxy, log), warnings }
}

/** Names that nobody has, and expressions that cannot be read, end nginx at its start. @throws EmergencyError */
async function mindTargets(directives: Directive[], model: Model, proxy: Forwarder): Promise<void> {
  for (const directive of directives) {
    const { name, args, block } = directive
    const [first = ''] = args
    if (name === 'rewrite') compile(first)
    if (name === 'return' && !/^(\d{3}|https?:|\/|\$)/.test(first)) throw at(`invalid return code "${first}"`, directive)
    if (name === 'upstream')
      for (const each of block ?? [])
        if (each.name === 'server' && !(await proxy.learn(each.args[0] ?? '')))
          throw at(`host not found in upstream "${each.args[0]}"`, each)
    if (name === 'proxy_pass' && !first.includes('$')) {
      const target = readTarget(first)
      if (!target) throw at('invalid URL prefix', directive)
      const isKnown = model.upstreams.has(target.host) || (await proxy.learn(target.host))
      if (!isKnown) throw at(`host not found in upstream "${target.host.replace(/:\d+$/, '')}"`, directive)
    }
    if (block && name !== 'upstream') await mindTargets(block, model, proxy)
  }
}

/** The folders and files that it makes at its start. @throws EmergencyError */
function makePlaces({ machine }: Process): void {
  const { fs } = machine
  const attempt = (what: string, path: string, work: () => void) => {
    try {
      work()
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      throw new EmergencyError(`${what}() "${path}" failed (${error.code === 'EROFS' ? 30 : 2}: ${error.message})`)
    }
  }
  for (const name of CACHES) {
    const path = `/var/cache/nginx/${name}`
    if (!fs.exists(path)) attempt('mkdir', path, () => fs.makeDirectory(path))
  }
  attempt('open', '/run/nginx.pid', () => fs.write('/run/nginx.pid', '1\n'))
}

/** Opens what is logged to. @throws EmergencyError */
function openLogs(log: Log, directives: Directive[]): void {
  const paths = new Set([ERROR_LOG])
  const collect = (list: Directive[]) => {
    for (const { name, args, block } of list) {
      if ((name === 'access_log' || name === 'error_log') && args[0] && !args[0].includes('$')) paths.add(args[0])
      if (block) collect(block)
    }
  }
  collect(directives)
  for (const path of paths) {
    const fault = log.open(path)
    if (fault) throw new EmergencyError(fault)
  }
}

class Server {
  #loaded: Loaded
  #ports: number[] = []
  constructor(
    readonly process: Process,
    readonly log: Log,
    loaded: Loaded,
  ) {
    this.#loaded = loaded
  }

  say(level: string, text: string): void {
    this.log.say(this.#loaded.model.main.one('error_log') ?? ERROR_LOG, level, text)
  }

  /** Takes the ports of the configuration, and gives back those that it no longer names. @throws EmergencyError */
  listen(loaded: Loaded): void {
    const { network } = this.process.machine
    const wanted = loaded.model.ports.map(({ port }) => port)
    for (const port of this.#ports.filter((each) => !wanted.includes(each))) network.unlisten(port)
    for (const port of loaded.model.ports) {
      const isOwn = this.#ports.includes(port.port)
      if (isOwn) network.unlisten(port.port)
      const listener = {
        http: (request: HttpRequest, from: string) => this.#serve(port, request, from),
        ...(port.tls ? { tls: port.tls, needsTls: needsTls(loaded.answerer.mark(port.default.level)) } : {}),
        program: 'nginx',
      }
      if (!network.listen(port.port, listener))
        throw new EmergencyError(`bind() to 0.0.0.0:${port.port} failed (98: Address already in use)`)
    }
    this.#ports = wanted
    this.#loaded = loaded
  }

  unlisten(): void {
    for (const port of this.#ports) this.process.machine.network.unlisten(port)
  }

  async #serve(port: Port, request: HttpRequest, from: string): Promise<HttpResponse> {
    const { model, answerer } = this.#loaded
    const { machine } = this.process
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
    const server = serverFor(port, host)
    const [path = '/', query = ''] = request.path.split(/\?(.*)/s)
    const visit: Visit = {
      machine,
      request,
      from,
      tls: port.tls?.(host),
      port: port.port,
      uri: normalized(path),
      args: query,
      serverName: server.names[0] ?? '',
      root: '',
      startedMs: machine.clock.now(),
      own: new Map(),
      turns: 0,
      status: 0,
      bodyBytes: 0,
      upstream: '',
      proxyHost: '',
      level: undefined,
    }
    const answer = await answerer.answer(visit, server)
    visit.bodyBytes = request.method === 'HEAD' ? 0 : answer.body.length
    this.#tell(visit, model, visit.level ?? server.level)
    return complete(answer, {
      mark: answerer.mark(server.level),
      method: request.method,
      nowMs: machine.clock.now(),
      type: server.level.one('default_type') ?? 'text/plain',
    })
  }

  #tell(visit: Visit, { variables, formats }: Model, level: Level): void {
    const logs = level.all('access_log')
    for (const { args } of logs.length > 0 ? logs : [{ args: [ACCESS_LOG] }]) {
      // An empty variable shows itself as a dash.
      const format = (formats.get(args[1] ?? 'combined') ?? '').replace(
        /\$\{?(\w+)\}?/g,
        (_all, name) => variables.value(name, visit) || '-',
      )
      this.log.write(args[0] ?? ACCESS_LOG, format)
    }
  }

  /** `nginx -s reload`: what is wrong leaves everything as it was. */
  async reload(called: Called): Promise<void> {
    this.say('notice', 'signal 1 (SIGHUP) received, reconfiguring')
    try {
      const loaded = await load(this.process, called, this.log)
      openLogs(this.log, loaded.directives)
      this.listen(loaded)
      for (const warning of loaded.warnings) this.say('warn', warning)
    } catch (error) {
      if (!(error instanceof EmergencyError)) throw error
      this.say('emerg', error.message)
    }
  }
}

/** Without `..`, doubled slashes and percent signs. */
function normalized(path: string): string {
  const decoded = path.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('latin1'))
  const parts: string[] = []
  for (const part of decoded.split('/').slice(1)) {
    if (part === '..') parts.pop()
    else if (part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`.replace(/\/{2,}/g, '/')
}

function complete(
  response: HttpResponse,
  { mark, method, nowMs, type }: { mark: string; method: string; nowMs: number; type: string },
): HttpResponse {
  const own = new Set(Object.keys(response.headers).map((name) => name.toLowerCase()))
  const headers: Record<string, string> = { Server: mark, Date: httpDate(nowMs) }
  if (!own.has('content-type') && response.status !== 204) headers['Content-Type'] = type
  if (!own.has('content-length') && !response.stream) headers['Content-Length'] = String(response.body.length)
  return {
    ...response,
    headers: { ...headers, Connection: 'keep-alive', ...response.headers },
    body: method === 'HEAD' ? '' : response.body,
  }
}

/** The master process shows itself as such, and its workers beside it. */
function startWorkers({ running, argv, machine }: Process): Running[] {
  if (!running) return []
  running.argv = ['nginx:', 'master', 'process', ...argv]
  const user = { uid: 101, gid: 101, name: 'nginx' }
  const worker = { ...still(['nginx:', 'worker', 'process'], user), parent: running, startedAtMs: machine.clock.now() }
  return Array.from({ length: WORKERS }, () => machine.processes.add({ ...worker, machine }))
}

async function serve(process: Process, called: Called, { log, loaded }: { log: Log; loaded: Loaded }): Promise<number> {
  const { machine } = process
  makePlaces(process)
  openLogs(log, loaded.directives)
  const server = new Server(process, log, loaded)
  server.listen(loaded)
  const version = process.env.get('NGINX_VERSION') ?? '1.28.0'
  for (const warning of loaded.warnings) server.say('warn', warning)
  for (const line of ['using the "epoll" event method', `nginx/${version}`, 'start worker processes']) server.say('notice', line)
  const reload = () => void server.reload(called)
  const isDaemon = !/daemon\s+off/.test(called.global) && loaded.model.main.one('daemon') !== 'off'
  machine.main.reload = reload
  // In the background it goes on while the container does; as the only program it ends the container.
  if (isDaemon) return 0
  machine.main.handlesTerm = true
  const workers = startWorkers(process)
  await ended(process)
  for (const worker of workers) machine.processes.remove(worker)
  server.unlisten()
  return 0
}

/** `nginx -s reload`, to the master that runs. */
async function signal({ machine, stderr }: Process, { signal: name }: Called): Promise<number> {
  const master = machine.processes.list().find(({ running }) => running.argv.slice(0, 2).join(' ') === 'nginx: master')
  if (!master) {
    await stderr.write(`nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n`)
    return 1
  }
  if (name === 'reload') machine.main.reload?.()
  else if (name !== 'reopen') master.running.end?.(name === 'stop' ? 'TERM' : 'QUIT', machine.processes.isInner(master.running))
  return 0
}

async function dump(process: Process, { directives }: Loaded, { file }: Called): Promise<void> {
  const files = new Set([file])
  const collect = (list: Directive[]) => {
    for (const directive of list) {
      files.add(directive.file)
      if (directive.block) collect(directive.block)
    }
  }
  collect(directives)
  for (const each of files) await process.stdout.write(`# configuration file ${each}:\n${process.machine.fs.read(each)}\n`)
}

const fileOf = (called: Called): string => `configuration file ${called.file}`

async function run(process: Process, called: Called): Promise<number> {
  const log = new Log(process)
  const loaded = await load(process, called, log)
  if (called.action === 'signal') return signal(process, called)
  if (called.action === 'serve') return serve(process, called, { log, loaded })
  for (const warning of loaded.warnings) await process.stderr.write(`nginx: [warn] ${warning}\n`)
  await process.stderr.write(`nginx: the ${fileOf(called)} syntax is ok\nnginx: ${fileOf(called)} test is successful\n`)
  if (called.action === 'dump') await dump(process, loaded, called)
  return 0
}

export const nginx: Program = async (process) => {
  const [first = ''] = process.argv.slice(1)
  const version = `nginx version: nginx/${process.env.get('NGINX_VERSION') ?? '1.28.0'}\n`
  if (['-v', '-V', '-h', '-?'].includes(first)) {
    const usage = 'Usage: nginx [-?hvVtT] [-s signal] [-c filename] [-g directives]\n'
    await process.stderr.write(version + (first === '-h' || first === '-?' ? usage : ''))
    return 0
  }
  const called = readArguments(process.argv.slice(1))
  if (typeof called === 'string') {
    await process.stderr.write(`nginx: ${called}\n`)
    return 1
  }
  try {
    return await run(process, called)
  } catch (error) {
    if (!(error instanceof EmergencyError)) throw error
    // Its log is the error output of the container too.
    const { clock } = process.machine
    await process.stderr.write(`${errorTime(clock.now())} [emerg] 1#1: ${error.message}\nnginx: [emerg] ${error.message}\n`)
    if (called.action !== 'serve' && called.action !== 'signal')
      await process.stderr.write(`nginx: ${fileOf(called)} test failed\n`)
    return 1
  }
}
