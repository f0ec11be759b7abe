/** A live cluster for the smoke suite, and the real programs that are pointed at it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SimulatedCluster } from '../cluster/cluster.js'

export interface Ran {
  code: number
  stdout: string
  stderr: string
}

export interface Stage {
  cluster: SimulatedCluster
  folder: string
  kubeconfig: string
  /** Runs a program with the cluster's kubeconfig to its end. */
  run(program: string, args: string[], input?: string | Buffer): Promise<Ran>
  /** What a program prints; a failure fails the test with what it said. */
  output(program: string, args: string[], input?: string | Buffer): Promise<string>
  /** Starts a program that stays. */
  start(program: string, args: string[]): Running
  write(name: string, content: string): Promise<string>
  close(): Promise<void>
}

export async function smokeStage(): Promise<Stage> {
  const errors: string[] = []
  const cluster = await SimulatedCluster.create({
    shape: { controlPlanes: 1, workers: 1 },
    images: ['nginx:1.28', 'nginx:1.27', 'busybox:1.37'],
    onError: (where, error) => errors.push(`${where}: ${error instanceof Error ? error.stack : error}`),
  })
  await cluster.started
  const { port } = await cluster.listen()
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-smoke-'))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, await cluster.kubeconfig(`https://127.0.0.1:${port}`))
  const env = { ...process.env, HOME: folder, KUBECONFIG: kubeconfig, HELM_DRIVER: 'secret' }
  const running = new Set<Running>()
  const run: Stage['run'] = (program, args, input) =>
    new Promise((resolve) => {
      const child = execFile(program, args, { env, cwd: folder, timeout: 60_000, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
      )
      child.stdin?.on('error', () => {})
      child.stdin?.end(input)
    })
  return {
    cluster,
    folder,
    kubeconfig,
    run,
    async output(program, args, input) {
      const { code, stdout, stderr } = await run(program, args, input)
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr || stdout}`)
      return stdout
    },
    start(program, args) {
      const started = new Running(spawn(program, args, { env, cwd: folder }))
      running.add(started)
      return started
    },
    async write(name, content) {
      const file = join(folder, name)
      await writeFile(file, content)
      return file
    },
    async close() {
      for (const each of running) each.stop()
      await cluster.close()
      await rm(folder, { recursive: true, force: true })
      if (errors.length > 0) throw new Error(errors.join('\n'))
    },
  }
}

/** A program that stays, and what it has printed. */
export class Running {
  text = ''
  #waiting: { pattern: RegExp; resolve: (match: RegExpExecArray) => void; reject: (error: Error) => void }[] = []
  readonly ended: Promise<number | null>
  constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.text += chunk
        this.#check()
      })
    this.ended = new Promise((resolve) =>
      child.on('close', (code) => {
        for (const { reject, pattern } of this.#waiting) reject(new Error(`${pattern} never came, but: ${this.text}`))
        resolve(code)
      }),
    )
  }
  #check(): void {
    this.#waiting = this.#waiting.filter(({ pattern, resolve }) => {
      const match = pattern.exec(this.text)
      if (match) resolve(match)
      return !match
    })
  }
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ pattern, resolve, reject })
      this.#check()
    })
  }
  type(text: string): void {
    this.child.stdin?.write(text)
  }
  endInput(): void {
    this.child.stdin?.end()
  }
  stop(): void {
    this.child.kill('SIGTERM')
  }
}
