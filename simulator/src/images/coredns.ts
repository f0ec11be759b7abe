/** CoreDNS: reads its Corefile as the real one does, answers on port 53, and says on its log what it would say. */
import { createHash } from 'node:crypto'
import { normalize } from '../containers/file-system.js'
import { ConnectError, type Listener } from '../containers/network.js'
import { exitCodeOf, type Process, type Program } from '../containers/process.js'
import { askServer } from '../containers/resolver.js'
import { encode } from '../containers/stream.js'
import { type Directive, pluginError, withoutEffect } from '../network/dns/corefile.js'
import { MOST_HOPS, pack, type Question, unpackQuestion } from '../network/dns/message.js'
import { DnsServer } from '../network/dns/server.js'
import { sleep } from '../time/clock.js'
import type { Image } from './image.js'

const VERSION = '1.14.2'
/** How often `reload` looks where it does not say. The real one waits up to half as long again by chance. */
const RELOAD_SECONDS = 30
const LEAST_RELOAD_SECONDS = 2
const UPSTREAM_SECONDS = 2
/** So often does `loop` see its own question where everything is right, at most. */
const MOST_SEEN = 2

/** What answers on ports of its own, each with the port where its line names none. */
const PAGES = [
  { plugin: 'health', port: 8080, body: 'OK' },
  { plugin: 'ready', port: 8181, body: 'OK' },
  { plugin: 'prometheus', port: 9153, body: '# HELP coredns_build_info\n' },
]

const text =
  (body: string, status = 200) =>
  () => ({ status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body })

const portOf = ({ args }: Directive, usual: number): number => Number(/:(\d+)$/.exec(args[0] ?? '')?.[1] ?? usual)

/** `10s`, `1m`, `500ms`, in seconds; undefined where it is no duration. */
function secondsOf(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  return number === undefined ? undefined : Number(number) * ({ ms: 0.001, s: 1, m: 60, h: 3600 }[unit] ?? 1)
}

/** @throws CorefileError */
function reloadSeconds(server: DnsServer): number {
  const found = server.find('reload')
  const [text] = found?.args ?? []
  if (!found || text === undefined) return RELOAD_SECONDS
  const seconds = secondsOf(text)
  if (seconds === undefined) throw pluginError('reload', `time: invalid duration ${JSON.stringify(text)}`)
  if (seconds < LEAST_RELOAD_SECONDS) throw pluginError('reload', 'interval value must be greater or equal to 2s')
  return seconds
}

class CoreDns {
  #corefile = ''
  #server: DnsServer | undefined
  #refused = ''
  /** The question by which `loop` finds itself. */
  #probe = { name: '', seen: 0 }
  #opened = { udp: [] as number[], tcp: [] as number[] }
  readonly #fatal = new AbortController()
  reloadSeconds = RELOAD_SECONDS
  constructor(
    readonly process: Process,
    readonly path: string,
  ) {}

  /** Aborted where it cannot go on. */
  get fatal(): AbortSignal {
    return this.#fatal.signal
  }

  #say(line: string): void {
    void this.process.stdout.write(encode(`${line}\n`))
  }

  #read(path: string): string | undefined {
    const { machine, cwd } = this.process
    const node = machine.fs.stat(normalize(path, cwd))
    return node?.type === 'file' ? node.data : undefined
  }

  /** @throws Error with what the real one prints */
  #make(corefile: string): DnsServer {
    const { machine, signal } = this.process
    if (!machine.cluster) throw new Error('plugin/kubernetes: unable to load in-cluster configuration')
    return new DnsServer(
      {
        informers: machine.cluster.informers,
        random: machine.random,
        readFile: (path) => this.#read(path),
        log: (line) => this.#say(line),
        ask: async (server, question) => {
          try {
            return await askServer(machine, { ...server, timeoutSeconds: UPSTREAM_SECONDS, signal }, question)
          } catch (error) {
            if (!(error instanceof ConnectError)) throw error
            return undefined
          }
        },
      },
      corefile,
    )
  }

  /** @throws Error */
  start(): void {
    const corefile = this.#read(this.path)
    if (corefile === undefined) throw new Error(`open ${this.path}: no such file or directory`)
    this.#take(corefile)
    for (const { zones } of this.#server?.blocks ?? []) for (const { zone, port } of zones) this.#say(`${zone}:${port}`)
    this.#tell()
    this.#say(`CoreDNS-${VERSION}\nlinux/amd64, go1.26.4`)
  }

  /** @throws Error where it cannot be served, and all stays as it was */
  #take(corefile: string): void {
    const next = this.#make(corefile)
    this.reloadSeconds = reloadSeconds(next)
    this.#server = next
    this.#corefile = corefile
    this.close()
    for (const port of next.ports) this.#bind(port)
    for (const { plugin, port, body } of PAGES) {
      const directive = next.find(plugin)
      if (directive) this.#listen(portOf(directive, port), { http: text(body), program: 'coredns' })
    }
    if (next.find('loop')) void this.#lookForLoop(next)
  }

  #listen(port: number, listener: Listener): void {
    if (this.process.machine.network.listen(port, listener)) this.#opened.tcp.push(port)
  }

  close(): void {
    const { network } = this.process.machine
    for (const port of this.#opened.tcp) network.unlisten(port)
    for (const port of this.#opened.udp) network.unbind(port)
    this.#opened = { udp: [], tcp: [] }
  }

  #tell(): void {
    if (!this.#server) return
    for (const name of withoutEffect(this.#server.blocks))
      this.#say(`[WARNING] plugin/${name}: is read and has no effect in the simulated cluster`)
    if (!this.#server.find('reload')) return
    const sum = createHash('sha512').update(this.#corefile).digest('hex')
    this.#say(`[INFO] plugin/reload: Running configuration SHA512 = ${sum}`)
  }

  #bind(port: number): void {
    const { network } = this.process.machine
    const answer = async (data: string, from: string) => {
      const question = unpackQuestion(data)
      if (!question || !this.#server || (question.hops ?? 0) > MOST_HOPS || this.#isOwnProbe(question, from, port))
        return undefined
      return pack(await this.#server.answer(question, port))
    }
    if (network.bind(port, answer, 'coredns')) this.#opened.udp.push(port)
    this.#listen(port, { stream: (connection) => connection.close(), program: 'coredns' })
  }

  /** Asks for a name that nobody else asks for: where it comes back, the servers ask each other in a circle. */
  async #lookForLoop(server: DnsServer): Promise<void> {
    const { random } = this.process.machine
    const part = () => String(random.below(1_000_000_000))
    this.#probe = { name: `${part()}${part()}.${part()}${part()}.`, seen: 0 }
    await server.answer({ name: this.#probe.name, type: 'ANY' }, server.ports[0])
  }
  #isOwnProbe({ name }: Question, from: string, port: number): boolean {
    if (name !== this.#probe.name || name === '') return false
    if (++this.#probe.seen <= MOST_SEEN) return false
    this.#say(
      `[FATAL] plugin/loop: Loop (${from}:${1024 + this.process.machine.random.below(64_000)} -> :${port}) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${name}"`,
    )
    this.#fatal.abort()
    return true
  }

  /** The configuration map has changed: takes it, or says why not and goes on with what it had. */
  reload(): void {
    const corefile = this.#read(this.path)
    if (!this.#server?.find('reload') || corefile === undefined || corefile === this.#corefile || corefile === this.#refused)
      return
    this.#say('[INFO] Reloading')
    try {
      this.#take(corefile)
      this.#tell()
      this.#say('[INFO] Reloading complete')
    } catch (error) {
      this.#refused = corefile
      const why = `starting with listener file descriptors: ${error instanceof Error ? error.message : error}`
      this.#say(`[ERROR] Restart failed: ${why}`)
      this.#say(`[ERROR] plugin/reload: Corefile changed but reload failed: ${why}`)
    }
  }
}

const coredns: Program = async (process) => {
  const { machine, signal, argv } = process
  machine.main.handlesTerm = true
  const at = argv.findIndex((arg) => arg === '-conf' || arg === '--conf')
  const server = new CoreDns(process, at < 0 ? '/Corefile' : (argv[at + 1] ?? '/Corefile'))
  try {
    server.start()
  } catch (error) {
    await process.stdout.write(encode(`${error instanceof Error ? error.message : error}\n`))
    return 1
  }
  const over = AbortSignal.any([signal, server.fatal])
  while (!over.aborted) {
    await sleep(machine.clock, server.reloadSeconds * 1000, over)
    if (!over.aborted) server.reload()
  }
  server.close()
  if (server.fatal.aborted && !signal.aborted) return 1
  return signal.reason === 'SIGTERM' ? 0 : exitCodeOf(signal)
}

export const corednsImages: Image[] = ['registry.k8s.io/coredns/coredns', 'docker.io/coredns/coredns'].map((repository) => ({
  repository,
  entrypoint: ['/coredns'],
  command: [],
  programs: { coredns },
  sizeBytes: 22_663_296,
  steady: true,
  usesCluster: true,
}))
