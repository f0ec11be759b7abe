/** A session of exec or attach, whatever carries it: what the client sends, and how it ends. */
import type { SessionIo } from '../api/connections.js'
import { ApiError } from '../objects/status.js'

export interface SessionOutputs {
  /** Resolves when more may be written. */
  stdout(bytes: Uint8Array): void | Promise<void>
  stderr(bytes: Uint8Array): void | Promise<void>
}

interface Size {
  columns: number
  rows: number
}

export class Session {
  readonly #gone = new AbortController()
  readonly #inputs: ((bytes: Uint8Array) => void | Promise<void>)[] = []
  readonly #ends: (() => void)[] = []
  readonly #resizes: ((size: Size) => void)[] = []
  /** What came before anybody listened. */
  readonly #early: Uint8Array[] = []
  #size: Size | undefined
  #hasEnded = false
  readonly io: SessionIo

  constructor(outputs: SessionOutputs) {
    const bytesOf = (data: Uint8Array | string) => (typeof data === 'string' ? Buffer.from(data) : data)
    this.io = {
      onInput: (listener) => {
        this.#inputs.push(listener)
        for (const bytes of this.#early.splice(0)) void listener(bytes)
      },
      onInputEnd: (listener) => {
        this.#ends.push(listener)
        if (this.#hasEnded) listener()
      },
      onResize: (listener) => {
        this.#resizes.push(listener)
        if (this.#size) listener(this.#size)
      },
      stdout: (data) => outputs.stdout(bytesOf(data)),
      stderr: (data) => outputs.stderr(bytesOf(data)),
      signal: this.#gone.signal,
    }
  }

  /** Resolves when more may come. */
  async input(bytes: Uint8Array): Promise<void> {
    if (this.#inputs.length === 0) this.#early.push(bytes)
    else await Promise.all(this.#inputs.map((listener) => listener(bytes)))
  }
  endInput(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    for (const listener of this.#ends) listener()
  }
  /** @param message `{"Width":80,"Height":24}`, as Go's clients write it; anything else changes nothing */
  resize(message: string): void {
    const size = readSize(message)
    if (!size) return
    this.#size = size
    for (const listener of this.#resizes) listener(size)
  }
  /** The client is no longer there. */
  gone(): void {
    this.#gone.abort()
    this.endInput()
  }
}

function readSize(message: string): Size | undefined {
  try {
    const { Width, Height } = JSON.parse(message) as { Width: unknown; Height: unknown }
    return typeof Width === 'number' && typeof Height === 'number' ? { columns: Width, rows: Height } : undefined
  } catch {
    return undefined
  }
}

/** The Status that ends a session, from which kubectl takes its exit code. @see apimachinery/pkg/util/remotecommand */
export async function statusOf(run: () => Promise<number>): Promise<object> {
  try {
    const exitCode = await run()
    if (exitCode === 0) return { metadata: {}, status: 'Success' }
    return {
      metadata: {},
      status: 'Failure',
      message: `command terminated with non-zero exit code: exit status ${exitCode}`,
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
    }
  } catch (error) {
    if (error instanceof ApiError) return error.toStatus()
    return new ApiError(500, 'InternalError', error instanceof Error ? error.message : String(error)).toStatus()
  }
}
