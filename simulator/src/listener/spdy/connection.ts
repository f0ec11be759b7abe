/** Streams over one connection, as SPDY/3.1 has them. @see https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/ */
import { Duplex } from 'node:stream'
import { dataFrame, goAwayFrame, type Headers, HeaderWriter, pingFrame, readFrames, resetFrame } from './frames.js'

/** What Go's clients read at once. */
const LARGEST_DATA_BYTES = 32 * 1024
/** Streams of one connection: a port-forward of a browser has a dozen pairs. */
const MOST_STREAMS = 1000

const STATUS = { protocolError: 1, refused: 3, internalError: 6 } as const

/** One stream. Ends in both directions on their own; `headers` are what it was opened with. */
export class SpdyStream extends Duplex {
  #resume: (() => void) | undefined
  constructor(
    readonly id: number,
    readonly headers: Headers,
    readonly send: (frame: Buffer, done: (error?: Error | null) => void) => void,
  ) {
    super({ allowHalfOpen: true })
  }

  /** Bytes from the other side. Resolves when more may come. */
  async receive(bytes: Buffer): Promise<void> {
    if (this.destroyed || this.readableEnded || bytes.length === 0 || this.push(bytes)) return
    await new Promise<void>((resolve) => (this.#resume = resolve))
  }
  receiveEnd(): void {
    if (!this.destroyed) this.push(null)
  }

  override _read(): void {
    this.#resume?.()
    this.#resume = undefined
  }
  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const rest = chunk.length > LARGEST_DATA_BYTES ? chunk.subarray(LARGEST_DATA_BYTES) : undefined
    const now = rest ? chunk.subarray(0, LARGEST_DATA_BYTES) : chunk
    this.send(dataFrame(this.id, now), (error) => (rest && !error ? this._write(rest, _encoding, done) : done(error)))
  }
  override _final(done: (error?: Error | null) => void): void {
    this.send(dataFrame(this.id, Buffer.alloc(0), true), done)
  }
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this._read()
    // Both ends of an orderly stream are gone already; what is torn down is told to the other side.
    if (!this.writableFinished) this.send(resetFrame(this.id, STATUS.internalError), () => {})
    done(error)
  }
}

export interface SpdyOptions {
  socket: Duplex
  /** The other side has opened a stream. What it throws refuses the stream. */
  onStream: (stream: SpdyStream) => void
  /** Streams that this side opens bear odd numbers for a client and even ones for a server. */
  role?: 'client' | 'server'
}

export class SpdyConnection {
  readonly #streams = new Map<number, SpdyStream>()
  readonly #headers = new HeaderWriter()
  #next: number
  #latest = 0
  #isClosed = false
  /** Resolves when the connection has ended, in whatever way. */
  readonly closed: Promise<void>

  constructor(readonly options: SpdyOptions) {
    this.#next = options.role === 'client' ? 1 : 2
    this.closed = this.#run()
  }

  async #run(): Promise<void> {
    const { socket } = this.options
    socket.on('error', () => {})
    try {
      for await (const frame of readFrames(socket)) {
        if (frame.type === 'goAway') socket.end()
        else if (frame.type === 'open') this.#accept(frame)
        else if (frame.type === 'ping') this.#answerPing(frame.id)
        else if (frame.type === 'data' || frame.type === 'reply') await this.#receive(frame)
        else if (frame.type === 'reset') this.#streams.get(frame.stream)?.destroy()
      }
    } catch {
      // Whatever was wrong with it, the connection is of no more use.
    }
    this.#isClosed = true
    for (const stream of this.#streams.values()) stream.destroy()
    socket.destroy()
  }

  #send = (frame: Buffer, done: (error?: Error | null) => void = () => {}): void => {
    const { socket } = this.options
    if (this.#isClosed || socket.destroyed || socket.writableEnded) done(new Error('the connection has ended'))
    else socket.write(frame, done)
  }

  #answerPing(id: number): void {
    // Answers to pings of ours bear our parity; the others are asked back.
    const isOurs = id % 2 === this.#next % 2
    if (!isOurs) this.#send(pingFrame(id))
  }

  #accept({ stream: id, headers, isLast }: { stream: number; headers: Headers; isLast: boolean }): void {
    const isValid = id > this.#latest && id % 2 !== this.#next % 2
    if (!isValid || this.#streams.size >= MOST_STREAMS) {
      this.#send(resetFrame(id, isValid ? STATUS.refused : STATUS.protocolError))
      return
    }
    this.#latest = id
    const stream = this.#add(id, headers)
    this.#send(this.#headers.reply(id))
    try {
      this.options.onStream(stream)
    } catch {
      stream.destroy()
      return
    }
    if (isLast) stream.receiveEnd()
  }

  #add(id: number, headers: Headers): SpdyStream {
    const stream = new SpdyStream(id, headers, this.#send)
    stream.on('error', () => {})
    stream.on('close', () => this.#streams.delete(id))
    this.#streams.set(id, stream)
    return stream
  }

  async #receive(
    frame: { type: 'data'; stream: number; isLast: boolean; bytes: Buffer } | { type: 'reply'; stream: number; isLast: boolean },
  ) {
    const stream = this.#streams.get(frame.stream)
    if (!stream) return
    if (frame.type === 'data') await stream.receive(frame.bytes)
    if (frame.isLast) stream.receiveEnd()
  }

  open(headers: [string, string][]): SpdyStream {
    const id = this.#next
    this.#next += 2
    const stream = this.#add(id, new Map(headers))
    this.#send(this.#headers.open(id, headers))
    return stream
  }

  /** Says goodbye and ends the connection when what was written is on its way. */
  close(): void {
    if (this.#isClosed) return
    this.#send(goAwayFrame(this.#latest))
    this.options.socket.end()
  }
}
