/** Speaks the keeper protocol over one channel: questions get their answers, and each shell's events go to its listener. */
import { LabError } from '@wheelhouse/protocol'
import type { KeeperChannel, ShellRequest } from '../engines/engine.js'
import {
  decodeFields,
  encodeFields,
  encodeFrame,
  type Frame,
  FrameDecoder,
  FrameType,
  KEEPER_PROTOCOL_VERSION,
  MOST_FRAME_DATA_BYTES,
  readU64,
  sizeBytes,
  u32,
  u64,
} from './keeper-protocol.js'

export interface OpenShell extends Omit<ShellRequest, 'machine'> {
  /** Whoever opens the same key again gets the same shell, as long as it was not closed. */
  key: string
  env?: Record<string, string>
  /** Instead of the user's login shell. */
  argv?: readonly string[]
}

/** Where output begins: later than was asked for where the keeper has not kept what was before. */
export interface Attached {
  from: number
  end: number
  columns: number
  rows: number
}

export interface ShellExit {
  /** 128 + signal number where a signal ended it. */
  exitCode: number
  signal: number | null
  /** Offset behind the last byte of output. */
  end: number
}

export interface ShellListener {
  /** Comes before the first output of an attachment. */
  onAttached(attached: Attached): void
  onOutput(offset: number, bytes: Buffer): void
  /** The shell was given everything that `writer` sent before `sequence`. */
  onAccepted(writer: number, sequence: number): void
  onExited(exit: ShellExit): void
}

interface Waiting {
  resolve: (fields: Record<string, string>) => void
  reject: (error: Error) => void
}

export interface ListedShell {
  shell: number
  key: string
  end: number
  columns: number
  rows: number
}

/** How long a keeper may take to answer: a Python that starts on a busy machine, and much to spare. */
const ANSWER_MS = 15_000

export class KeeperClient {
  readonly #decoder = new FrameDecoder()
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<number, ShellListener>()
  readonly #listings = new Map<number, ListedShell[]>()
  readonly #hello: Promise<Record<string, string>>
  #request = 0
  #cut: Error | null = null
  #isCorked = false
  /** Which keeper this is; another one than before means that the machine has started anew and its shells are gone. */
  keeper = ''

  private constructor(
    readonly channel: KeeperChannel,
    readonly onCut: (error: Error) => void,
  ) {
    this.#hello = this.#expect(0)
    channel.output.on('data', (chunk: Buffer) => this.#handleData(chunk))
    channel.input.on('error', () => {})
    channel.output.on('error', () => {})
    void channel.ended.then(({ exitCode, stderr }) =>
      this.#handleCut(new Error(`the keeper's channel ended with ${exitCode}: ${stderr.trim().slice(-500)}`)),
    )
  }

  /**
   * @param onCut  called once, when the channel is of no use any more; the shells live on
   * @throws LabError `TERMINAL_LOST` where no keeper answers
   */
  static async connect(channel: KeeperChannel, onCut: (error: Error) => void = () => {}): Promise<KeeperClient> {
    const client = new KeeperClient(channel, onCut)
    try {
      const { keeper = '', version } = await client.#hello
      if (Number(version) !== KEEPER_PROTOCOL_VERSION) throw new Error(`it speaks version ${version} of the protocol`)
      client.keeper = keeper
      return client
    } catch (error) {
      channel.close()
      throw new LabError('TERMINAL_LOST', {}, { cause: error })
    }
  }

  /** @throws LabError `TERMINAL_LOST` with what the keeper said where it makes no shell, or where the channel is cut meanwhile */
  async open(shell: OpenShell): Promise<{ shell: number; existing: boolean }> {
    const { key, user, cwd, size, env = {}, argv = [] } = shell
    const fields = {
      ...{ key, user, cwd, columns: size.columns, rows: size.rows },
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [`env.${name}`, value])),
      ...Object.fromEntries(argv.map((argument, index) => [`argv.${index}`, argument])),
    }
    const answer = await this.#ask(FrameType.open, encodeFields(fields))
    return { shell: Number(answer.shell), existing: answer.existing === '1' }
  }

  async list(): Promise<ListedShell[]> {
    const request = this.#nextRequest()
    this.#listings.set(request, [])
    await this.#ask(FrameType.list, Buffer.alloc(0), request)
    const listed = this.#listings.get(request) ?? []
    this.#listings.delete(request)
    return listed
  }

  /** Resolves when the keeper answers; a channel that is cut without a word is noticed by its silence. */
  async ping(): Promise<void> {
    await this.#ask(FrameType.ping, Buffer.alloc(0))
  }

  /** Output from `from` on goes to `listener`, never more than `window` bytes beyond what was acknowledged. */
  attach(shell: number, listener: ShellListener, { from, window }: { from: number; window: number }): void {
    this.#listeners.set(shell, listener)
    this.#send(FrameType.attach, shell, u64(from), u32(window))
  }

  detach(shell: number): void {
    this.#listeners.delete(shell)
    this.#send(FrameType.detach, shell)
  }

  /** `sequence` counts the bytes that this writer sent before. What was sent before is left out, so resending is safe. */
  input(shell: number, typed: { writer: number; sequence: number; bytes: Uint8Array }): void {
    for (let at = 0; at < typed.bytes.length; at += MOST_FRAME_DATA_BYTES) {
      const piece = typed.bytes.subarray(at, at + MOST_FRAME_DATA_BYTES)
      this.#send(FrameType.input, shell, u64(typed.writer, typed.sequence + at), piece)
    }
  }

  resize(shell: number, columns: number, rows: number): void {
    this.#send(FrameType.resize, shell, sizeBytes(columns, rows))
  }

  acknowledge(shell: number, offset: number): void {
    this.#send(FrameType.ack, shell, u64(offset))
  }

  /** Hangs up on the shell and forgets it. */
  closeShell(shell: number): void {
    this.#listeners.delete(shell)
    this.#send(FrameType.close, shell)
  }

  /** Makes the keeper's process serve another socket as a keeper of its own. Local keepers only. */
  async openKeeper(socket: string): Promise<void> {
    await this.#ask(FrameType.keeper, encodeFields({ socket }))
  }

  /** Ends every shell and the keeper itself. */
  shutDown(): void {
    this.#send(FrameType.shutdown, 0)
  }

  /** Lets go of the channel; the shells live on. */
  close(): void {
    this.cut(new Error('closed by the server'))
  }

  /** The channel is of no use any more, as far as the caller can see. */
  cut(why: Error): void {
    this.#handleCut(why)
  }

  /** What several terminals send in one turn of the event loop leaves as one write: the way behind it is long. */
  #send(type: FrameType, shell: number, ...parts: Uint8Array[]): void {
    if (this.#cut) return
    if (!this.#isCorked) {
      this.#isCorked = true
      this.channel.input.cork()
      setImmediate(() => this.#flush())
    }
    this.channel.input.write(encodeFrame(type, shell, ...parts))
  }

  #flush(): void {
    if (this.#isCorked) this.channel.input.uncork()
    this.#isCorked = false
  }

  #nextRequest = () => ++this.#request

  #ask(type: FrameType, payload: Buffer, request = this.#nextRequest()): Promise<Record<string, string>> {
    const answer = this.#expect(request)
    this.#send(type, request, payload)
    return answer
  }

  #expect(request: number): Promise<Record<string, string>> {
    if (this.#cut) return Promise.reject(new LabError('TERMINAL_LOST', {}, { cause: this.#cut }))
    return new Promise((resolve, reject) => {
      const silence = setTimeout(() => this.#handleCut(new Error(`the keeper does not answer within ${ANSWER_MS} ms`)), ANSWER_MS)
      const settle =
        <Value>(then: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(silence)
          this.#waiting.delete(request)
          then(value)
        }
      this.#waiting.set(request, { resolve: settle(resolve), reject: settle(reject) })
    })
  }

  #handleData(chunk: Buffer): void {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#handleFrame(frame)
    } catch (error) {
      this.#handleCut(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #handleCut(error: Error): void {
    if (this.#cut) return
    this.#cut = error
    this.#flush()
    this.#listeners.clear()
    for (const waiting of [...this.#waiting.values()]) waiting.reject(new LabError('TERMINAL_LOST', {}, { cause: error }))
    this.channel.close()
    this.onCut(error)
  }

  #handleFrame({ type, shell, payload }: Frame): void {
    switch (type) {
      case FrameType.output:
        this.#listeners.get(shell)?.onOutput(readU64(payload), payload.subarray(8))
        break
      case FrameType.accepted:
        this.#listeners.get(shell)?.onAccepted(readU64(payload), readU64(payload, 8))
        break
      case FrameType.shell:
        this.#listings.get(shell)?.push(listedShell(decodeFields(payload)))
        return
      case FrameType.opened:
      case FrameType.hello:
      case FrameType.listed:
      case FrameType.pong:
        this.#waiting.get(shell)?.resolve(decodeFields(payload))
        break
      case FrameType.refused:
        this.#handleRefused(shell, decodeFields(payload))
        break
      default:
        this.#handleShellEvent(type, shell, decodeFields(payload))
        break
    }
  }

  #handleShellEvent(type: number, shell: number, fields: Record<string, string>): void {
    const listener = this.#listeners.get(shell)
    const { end, signal, exitCode } = numbers(fields)
    if (type === FrameType.attached) listener?.onAttached(attachedOf(fields))
    if (type === FrameType.exited) listener?.onExited({ exitCode: exitCode ?? 0, signal: signal || null, end: end ?? 0 })
  }

  #handleRefused(request: number, { code = '', text = '' }: Record<string, string>): void {
    const error = new LabError('TERMINAL_LOST', {}, { cause: new Error(code), detail: text })
    this.#waiting.get(request)?.reject(error)
  }
}

const numbers = (fields: Record<string, string>): Record<string, number> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Number(value)]))

const attachedOf = (fields: Record<string, string>): Attached => {
  const { from = 0, end = 0, columns = 80, rows = 24 } = numbers(fields)
  return { from, end, columns, rows }
}

const listedShell = (fields: Record<string, string>): ListedShell => {
  const { shell = 0, end = 0, columns = 80, rows = 24 } = numbers(fields)
  return { shell, key: fields.key ?? '', end, columns, rows }
}
