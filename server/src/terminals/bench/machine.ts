/** The container that both sides type into, and the server beside it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BrowserDouble } from './browser-double.js'

const run = promisify(execFile)
/** Has Python, as the machines of an environment have. */
const IMAGE = process.env.WHEELHOUSE_BENCH_IMAGE ?? 'kindest/node:v1.36.2'
const KEEPER = fileURLToPath(new URL('../../../images/rootfs/usr/local/bin/wheelhouse-keeper', import.meta.url))
const SERVER = fileURLToPath(new URL('./bench-server.js', import.meta.url))

export class BenchMachine {
  readonly container = `wheelhouse-bench-${randomBytes(4).toString('hex')}`
  #server: ChildProcess | undefined
  #dataDirectory = ''
  browser: BrowserDouble | undefined

  async start(): Promise<BrowserDouble> {
    await run('docker', ['run', '-d', '--name', this.container, '--init', '--entrypoint', 'sleep', IMAGE, 'infinity'])
    await run('docker', ['cp', KEEPER, `${this.container}:/usr/local/bin/wheelhouse-keeper`])
    await run('docker', ['exec', this.container, 'useradd', '-m', '-s', '/bin/bash', 'candidate'])
    this.#dataDirectory = await mkdtemp(join(tmpdir(), 'wheelhouse-bench-'))
    const server = spawn(process.execPath, [SERVER, this.#dataDirectory, this.container], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#server = server
    const signInUrl = await new Promise<string>((resolve, reject) => {
      server.stdout?.once('data', (line) => resolve((JSON.parse(String(line)) as { signInUrl: string }).signInUrl))
      server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)))
    })
    this.browser = await BrowserDouble.signIn(signInUrl)
    return this.browser
  }

  /** What the server holds now, in bytes. */
  async serverMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.#server?.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
  }

  async remove(): Promise<void> {
    this.browser?.close()
    this.#server?.removeAllListeners('exit').kill()
    await run('docker', ['rm', '-f', this.container])
    await rm(this.#dataDirectory, { recursive: true, force: true })
  }
}
