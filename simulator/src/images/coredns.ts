/** CoreDNS: reads its Corefile as the real one does, answers on port 53, and says on its log what it would say. */
import { createHash } from 'node:crypto'
import { normalize } from '../containers/file-system.js'
import { ConnectError } from '../containers/network.js'
import { exitCodeOf, type Process, type Program } from '../containers/process.js'
import { askServer } from '../containers/resolver.js'
import { encode } from '../containers/stream.js'
import { withoutEffect } from '../network/dns/corefile.js'
import { pack, unpackQuestion } from '../network/dns/message.js'
import { DnsServer } from '../network/dns/server.js'
import { sleep } from '../time/clock.js'
import type { Image } from './image.js'

const VERSION = '1.14.2'
/** How often `reload` looks. The real one waits 30 s and up to half as long again by chance. */
const RELOAD_MS = 30_000
const UPSTREAM_SECONDS = 2

const text =
  (body: string, status = 200) =>
  () => ({ status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body })

class CoreDns {
  #corefile = ''
  #server: DnsServer | undefined
  #refused = ''
  constructor(
    readonly process: Process,
    readonly path: string,
  ) {}

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
    this.#server = this.#make(corefile)
    this.#corefile = corefile
    for (const port of this.#server.ports) this.#bind(port)
    const { network } = this.process.machine
    if (this.#server.has('health')) network.listen(8080, { http: text('OK'), program: 'coredns' })
    if (this.#server.has('ready')) network.listen(8181, { http: text('OK'), program: 'coredns' })
    if (this.#server.has('prometheus')) network.listen(9153, { http: text('# HELP coredns_build_info\n'), program: 'coredns' })
    for (const { zones } of this.#server.blocks) for (const { zone, port } of zones) this.#say(`${zone}:${port}`)
    this.#tell()
    this.#say(`CoreDNS-${VERSION}\nlinux/amd64, go1.26.4`)
  }

  #tell(): void {
    if (!this.#server) return
    for (const name of withoutEffect(this.#server.blocks))
      this.#say(`[WARNING] plugin/${name}: is read and has no effect in the simulated cluster`)
    if (!this.#server.has('reload')) return
    const sum = createHash('sha512').update(this.#corefile).digest('hex')
    this.#say(`[INFO] plugin/reload: Running configuration SHA512 = ${sum}`)
  }

  #bind(port: number): void {
    const { network } = this.process.machine
    network.bind(
      port,
      async (data) => {
        const question = unpackQuestion(data)
        return question && this.#server ? pack(await this.#server.answer(question, port)) : undefined
      },
      'coredns',
    )
    network.listen(port, { stream: (connection) => connection.close(), program: 'coredns' })
  }

  /** The configuration map has changed: takes it, or says why not and goes on with what it had. */
  reload(): void {
    const corefile = this.#read(this.path)
    if (!this.#server?.has('reload') || corefile === undefined || corefile === this.#corefile || corefile === this.#refused)
      return
    this.#say('[INFO] Reloading')
    try {
      const before = this.#server.ports
      const next = this.#make(corefile)
      this.#server = next
      this.#corefile = corefile
      for (const port of next.ports) if (!before.includes(port)) this.#bind(port)
      this.#tell()
      this.#say('[INFO] Reloading complete')
    } catch (error) {
      this.#refused = corefile
      this.#say(`[ERROR] Restart failed: ${error instanceof Error ? error.message : error}`)
      this.#say(`[ERROR] plugin/reload: Corefile changed but reload failed: ${error instanceof Error ? error.message : error}`)
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
  while (!signal.aborted) {
    await sleep(machine.clock, RELOAD_MS, signal)
    if (!signal.aborted) server.reload()
  }
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
