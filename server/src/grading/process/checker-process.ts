/** One child process for one run of a checker, and the eye that is kept on it: time, memory, and whether it still turns. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromChecker, ToChecker } from './messages.js'
import { memoryBytes, workedMs } from './process-use.js'
import { Silence } from './silence.js'

/** Works from `src` (tests) and from `dist`: a child needs the compiled one. */
const PROGRAM = fileURLToPath(new URL('../../../dist/grading/process/main.js', import.meta.url))

/** A checker holds a few API objects; a process of Node alone has some 50 MB. */
const MOST_MEMORY_BYTES = 320 * 1024 * 1024
const MOST_HEAP_MEGABYTES = 128
const MOST_OUTPUT_CHARS = 16_384
const LOOK_EVERY_MS = 250

/** Node's own sandbox, where it has one: read files, nothing else. Its flag lost a prefix in Node 23.5. */
const SANDBOX = ['--permission', '--experimental-permission'].find((flag) => process.allowedNodeEnvironmentFlags.has(flag))

export type ProcessEnd = { why: 'done' } | { why: 'fault'; message: string }

export class CheckerProcess {
  readonly #child: ChildProcess
  readonly ready: Promise<void>
  readonly #ended: Promise<ProcessEnd>
  readonly #closed: Promise<void>
  #end: (end: ProcessEnd) => void = () => undefined
  #hear: (message: FromChecker) => void = () => undefined
  #output = ''
  #over = false

  constructor() {
    const sandbox = SANDBOX ? [SANDBOX, '--allow-fs-read=*', '--disable-warning=ExperimentalWarning'] : []
    this.#child = fork(PROGRAM, [], {
      env: {},
      execArgv: [`--max-old-space-size=${MOST_HEAP_MEGABYTES}`, ...sandbox],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#ended = new Promise((resolve) => {
      this.#end = (end) => {
        this.#over = true
        resolve(end)
      }
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output = (this.#output + chunk.toString('utf8')).slice(-MOST_OUTPUT_CHARS)))
    }
    this.ready = new Promise((resolve) => this.#child.on('message', (message: FromChecker) => this.#take(message, resolve)))
    this.#closed = new Promise((resolve) => this.#child.once('close', () => resolve()))
    this.#child.on('error', (error) => this.#end({ why: 'fault', message: error.message }))
    this.#child.on('exit', (code, signal) => this.#end({ why: 'fault', message: this.#lastWords(code, signal) }))
  }

  get alive(): boolean {
    return !this.#over && this.#child.connected
  }

  /** What the checker printed, its end at most: for the log, never for the learner. */
  get output(): string {
    return this.#output
  }

  /** Resolves when it waits for its order, or has ended. Keeps the server until then. */
  async comesUp(): Promise<void> {
    this.#child.ref()
    await Promise.race([this.ready, this.#ended])
    this.rest()
  }

  /** Does not keep the server from ending. */
  rest(): void {
    this.#child.unref()
    this.#child.channel?.unref()
    for (const stream of [this.#child.stdout, this.#child.stderr]) (stream as unknown as { unref?(): void } | null)?.unref?.()
  }

  send(message: ToChecker): void {
    if (this.alive) this.#child.send(message)
  }

  /**
   * Resolves when the run is over, however it ended; the process is gone then.
   *
   * @param options.silenceMs milliseconds of work, see `Silence`
   */
  async run(
    message: Extract<ToChecker, { type: 'run' }>,
    options: { limitMs: number; silenceMs: number; signal?: AbortSignal | undefined; hear: (message: FromChecker) => void },
  ): Promise<ProcessEnd> {
    this.#child.ref()
    const silence = new Silence(options.silenceMs, workedMs(this.#child.pid))
    this.#hear = (heard) => {
      silence.heard()
      options.hear(heard)
    }
    const stop = (why: string) => this.#end({ why: 'fault', message: why })
    const limit = setTimeout(() => stop(`it did not end within ${Math.round(options.limitMs / 1000)} s`), options.limitMs)
    const watch = setInterval(() => {
      if (silence.isTooLong) stop(`it worked for ${Math.round(options.silenceMs / 1000)} s without a word (an endless loop?)`)
      if ((memoryBytes(this.#child.pid) ?? 0) > MOST_MEMORY_BYTES)
        stop(`it used more than ${MOST_MEMORY_BYTES / 1024 / 1024} MB of memory`)
    }, LOOK_EVERY_MS)
    const abort = () => stop('it was cancelled')
    options.signal?.addEventListener('abort', abort, { once: true })
    if (options.signal?.aborted) abort()
    this.send(message)
    const end = await this.#ended
    clearTimeout(limit)
    clearInterval(watch)
    options.signal?.removeEventListener('abort', abort)
    this.kill()
    // What it printed last may come after its last message.
    await this.#closed
    return end
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #take(message: FromChecker, ready: () => void): void {
    if (message?.type === 'ready') ready()
    this.#hear(message)
    if (message?.type === 'done') this.#end({ why: 'done' })
    if (message?.type === 'fault') this.#end({ why: 'fault', message: message.message })
  }

  #lastWords(code: number | null, signal: NodeJS.Signals | null): string {
    if (/heap out of memory|heap limit/.test(this.#output)) return `it used more than ${MOST_HEAP_MEGABYTES} MB of memory`
    const how = signal ? `by ${signal}` : `with exit code ${code}`
    const last = this.#output.trim().split('\n').at(-1)
    return `its process ended ${how}${last ? `: ${last}` : ''}`
  }
}
