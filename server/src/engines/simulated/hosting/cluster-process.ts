/** The server's side of one process that holds clusters. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CallName, Calls, FromHost, ToHost } from './messages.js'

/** Works from `src` (tests) and from `dist`: a child needs the compiled one. */
const PROGRAM = fileURLToPath(new URL('../../../../dist/engines/simulated/hosting/main.js', import.meta.url))
/** A process ends past it, and its clusters are brought back in a new one: better than a computer without memory. */
const MOST_HEAP_MEGABYTES = 4096
/** An expression that goes back and forth is handed to V8's linear engine: `grep -E '(a+)+$'` of one learner stops nobody. */
const PATIENT_EXPRESSIONS = '--enable-experimental-regexp-engine-on-excessive-backtracks'
const KEPT_OUTPUT_CHARS = 4096

export interface ProcessEvents {
  onError: (where: string, error: unknown) => void
  /** It has ended without having been asked to. */
  onLost: (why: string) => void
}

interface Waiting {
  resolve: (value: never) => void
  reject: (error: Error) => void
}

export class ClusterProcess {
  readonly environments = new Set<string>()
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #number = 0
  #closing = false
  #output = ''

  constructor(events: ProcessEvents) {
    this.#child = fork(PROGRAM, [], {
      execArgv: [`--max-old-space-size=${MOST_HEAP_MEGABYTES}`, PATIENT_EXPRESSIONS],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child.on('message', (message: FromHost) => this.#take(message, events))
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString('utf8')).slice(-KEPT_OUTPUT_CHARS)
    })
    this.#child.on('error', (error) => events.onError('cluster process', error))
    this.#child.on('exit', (code, signal) => {
      const why =
        `the process of the clusters ended ${signal ? `by ${signal}` : `with exit code ${code}`} ${this.#output.trim()}`.trim()
      for (const { reject } of this.#waiting.values()) reject(new Error(why))
      this.#waiting.clear()
      if (!this.#closing) events.onLost(why)
    })
    // Asking keeps this process; a child at rest does not.
    this.#child.unref()
    this.#child.channel?.unref()
    ;(this.#child.stderr as unknown as { unref?(): void } | null)?.unref?.()
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  async call<K extends CallName>(call: K, environment: string, parameters: Calls[K]['with']): Promise<Calls[K]['gives']> {
    const number = ++this.#number
    const message = { number, call, environment, with: parameters } as ToHost
    this.#child.channel?.ref()
    try {
      return await new Promise<Calls[K]['gives']>((resolve, reject) => {
        this.#waiting.set(number, { resolve, reject })
        this.#child.send(message, (error) => error && reject(error))
      })
    } finally {
      this.#waiting.delete(number)
      if (this.#waiting.size === 0) this.#child.channel?.unref()
    }
  }

  /** Ends it. Its clusters are to be closed before. */
  async close(): Promise<void> {
    this.#closing = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.ref()
    this.#child.disconnect()
    await ended
  }

  #take(message: FromHost, events: ProcessEvents): void {
    if (message.type === 'error') events.onError(message.where, new Error(message.message))
    else if (message.type === 'answer') this.#waiting.get(message.number)?.resolve(message.value as never)
    else this.#waiting.get(message.number)?.reject(new Error(message.message))
  }
}
