/** A Wheelhouse server of a test's or a worker's own: a process on a free port with a private data directory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext } from '@playwright/test'

const repository = fileURLToPath(new URL('../..', import.meta.url))
/** Its name on a new server. */
const OWNER = 'owner'
/** Starting the command takes longer than one more learner. */
const INVITED_AT_ONCE = 30

const launcher = join(repository, 'server/bin/wheelhouse.mjs')

export interface ServerOptions {
  /** `fake` needs nothing; see `--engine` of `wheelhouse serve`. */
  engine?: string
  /** Folder with `labs/` and `checkers/`; the labs of the journeys where absent. */
  content?: string
  /** Further settings, as environment variables. */
  settings?: Record<string, string>
  /** One of its own where absent, removed with the server. */
  dataDirectory?: string
}

export class TestServer {
  readonly #options: ServerOptions
  #process: ChildProcess | undefined
  #output = ''
  #signInUrl = ''
  #learner = OWNER
  #learners = 0
  readonly #invited: { learner: string; signInUrl: string }[] = []

  private constructor(
    readonly dataDirectory: string,
    readonly port: number,
    options: ServerOptions,
  ) {
    this.#options = options
  }

  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(
      options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'wheelhouse-journey-'))),
      await freePort(),
      options,
    )
    await server.start()
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** The address that the server printed: it signs the owner in, once; the one of the learner after `welcome`. */
  get signInUrl(): string {
    return this.#signInUrl
  }

  /** Whom `signInUrl` signs in. */
  get learner(): string {
    return this.#learner
  }

  /** `signInUrl` is that of a new learner from now on, who has nothing yet. */
  async welcome(): Promise<void> {
    if (this.#invited.length === 0) {
      const names = Array.from({ length: INVITED_AT_ONCE }, () => `learner-${++this.#learners}`)
      const links = (await this.command('learner', 'add', ...names)).match(/http\S+/g) ?? []
      this.#invited.push(...links.map((signInUrl, index) => ({ learner: names[index] ?? '', signInUrl })))
    }
    const { learner = '', signInUrl = '' } = this.#invited.shift() ?? {}
    this.#learner = learner
    this.#signInUrl = signInUrl
  }

  /** What this browser's learner has built goes, and no step is held or fails any more. */
  async takeLeave({ request }: BrowserContext): Promise<void> {
    await rm(join(this.dataDirectory, 'fake-steps'), { recursive: true, force: true })
    const answer = await request.get(`${this.url}/api/environments`)
    // Who never signed in has none.
    if (!answer.ok()) return
    const { environments } = (await answer.json()) as { environments: { id: string }[] }
    for (const { id } of environments)
      await request.delete(`${this.url}/api/environments/${id}`, { headers: { origin: this.url } })
  }

  /** Starts it (again), with the same data on the same port. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [launcher, 'serve', '--port', String(this.port)], {
      env: environmentOf(this.#options, this.dataDirectory),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    this.#output = ''
    this.#signInUrl = await new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        this.#output += chunk
        const found = /Open\s+(\S+)/.exec(this.#output)?.[1]
        if (found) resolve(found)
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.on('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready:\n${this.#output}`)))
    })
  }

  /** As if the power went: no farewell. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  async remove(): Promise<void> {
    await this.stop()
    // Its sandboxes outlive a server, as they should, and write into their homes.
    if (this.#options.engine === 'simulated') await this.command('clean', '--yes')
    await rm(this.dataDirectory, { recursive: true, force: true })
  }

  /** Runs another command of `wheelhouse` beside the server, and answers with what it printed. */
  command(...argv: string[]): Promise<string> {
    return TestServer.command({ ...this.#options, dataDirectory: this.dataDirectory }, ...argv)
  }

  /** The same where no server runs. */
  static async command(options: ServerOptions & { dataDirectory: string }, ...argv: string[]): Promise<string> {
    const child = spawn(process.execPath, [launcher, ...argv], {
      env: environmentOf(options, options.dataDirectory),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk
      })
    const [code] = (await once(child, 'close')) as [number]
    if (code !== 0) throw new Error(`wheelhouse ${argv.join(' ')} ended with ${code}:\n${output}`)
    return output
  }

  /** The fake engine stands at this step until `release`. */
  async hold(step: string): Promise<void> {
    await this.#script(`hold-${step}`, '')
  }

  async release(step: string): Promise<void> {
    await rm(join(this.dataDirectory, 'fake-steps', `hold-${step}`), { force: true })
  }

  /** The fake engine fails at this step, with this output of its command, until `mend`. */
  async fail(step: string, output: string): Promise<void> {
    await this.#script(`fail-${step}`, output)
  }

  async mend(step: string): Promise<void> {
    await rm(join(this.dataDirectory, 'fake-steps', `fail-${step}`), { force: true })
  }

  /** What the fake engine has made is gone, as after somebody's `docker rm`. */
  async loseMachines(): Promise<void> {
    const folder = join(this.dataDirectory, 'fake')
    for (const id of await readdir(folder)) await rm(join(folder, id, 'environment.json'), { force: true })
  }

  async #script(name: string, text: string): Promise<void> {
    await mkdir(join(this.dataDirectory, 'fake-steps'), { recursive: true })
    await writeFile(join(this.dataDirectory, 'fake-steps', name), text)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
}

const environmentOf = ({ engine = 'fake', content, settings }: ServerOptions, dataDirectory: string) => ({
  ...process.env,
  WHEELHOUSE_DATA_DIR: dataDirectory,
  WHEELHOUSE_ENGINE_NAME: engine,
  WHEELHOUSE_CONTENT_DIRECTORY: content ?? join(repository, 'e2e/content'),
  ...settings,
})

/** A restarted server must find its port again, so it is chosen here and not by the server. */
async function freePort(): Promise<number> {
  const probe = createServer()
  probe.listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}
