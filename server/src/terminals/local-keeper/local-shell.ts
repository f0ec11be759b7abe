/** One shell of this computer under a keeper: its pty, the newest of its output, and who reads it. */
import { readSync } from 'node:fs'
import pty, { type IPty } from '@lydell/node-pty'
import { encodeFields, encodeFrame, FrameType, MOST_FRAME_DATA_BYTES, RING_BYTES, readU64, u64 } from '../keeper-protocol.js'
import { OutputRing } from '../output-ring.js'

/** What a shell is: the program, its environment and the folder it starts in. */
export interface ShellPlan {
  argv: readonly [string, ...string[]]
  env: Record<string, string>
  cwd: string
}

export interface Reader {
  send(frame: Buffer): void
  /** False while it holds more unsent than it should. */
  readonly hasRoom: boolean
}

interface Reading {
  reader: Reader
  sent: number
  acked: number
  window: number
}

/** The socket inside node-pty. Its own `write` has no callback, and its own end throws away what is not read. */
interface PtySocket {
  readonly readableEnded: boolean
  /** Hands what is buffered to the data listeners. */
  read(): Buffer | null
  write(data: Uint8Array, done: (error?: Error | null) => void): boolean
  destroy(error?: Error): unknown
  resume(): unknown
  once(event: 'end', listener: () => void): unknown
}

const MOST_WRITERS = 64
/** After this, a program left behind by the shell is not waited for: the shell has ended. */
const DRAIN_MS = 500
const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value))
/** A pty refuses sizes of nothing, and a screen of thousands of columns is a mistake. */
const clampSize = (columns: number, rows: number) => ({ columns: clamp(columns, 2, 1000), rows: clamp(rows, 1, 1000) })

/** What the pty still holds, read past the stream until it would block or has hung up. */
function* readLeft(pty: IPty): Generator<Buffer> {
  const { fd } = pty as unknown as { fd: number }
  for (;;) {
    const piece = Buffer.allocUnsafe(4096)
    try {
      const length = readSync(fd, piece)
      if (length === 0) return
      yield piece.subarray(0, length)
    } catch {
      return
    }
  }
}

export class LocalShell {
  readonly #pty: IPty
  readonly #socket: PtySocket
  readonly #ring = new OutputRing(RING_BYTES)
  /** Up to which sequence each writer's input was taken; the one used longest ago first. */
  readonly #writers = new Map<number, number>()
  #reading: Reading | null = null
  #size: { columns: number; rows: number }
  #exit: Buffer | null = null
  #draining = false

  constructor(
    readonly number: number,
    readonly key: string,
    plan: ShellPlan,
    size: { columns: number; rows: number },
    onExit: () => void,
  ) {
    this.#size = clampSize(size.columns, size.rows)
    const [program, ...args] = plan.argv
    const { columns: cols, rows } = this.#size
    this.#pty = pty.spawn(program, args, { name: 'xterm-256color', cols, rows, cwd: plan.cwd, env: plan.env, encoding: null })
    this.#socket = (this.#pty as unknown as { _socket: PtySocket })._socket
    this.#drainBeforeEnd()
    // With `encoding: null` the data are bytes, whatever the type says.
    this.#pty.onData((data) => this.#handleOutput(data as unknown as Buffer))
    this.#pty.onExit(({ exitCode, signal }) => {
      this.#exit = encodeFields({ exitCode: signal ? 128 + signal : exitCode, signal: signal ?? 0, end: this.#ring.end })
      this.pump()
      onExit()
    })
  }

  get isRunning(): boolean {
    return this.#exit === null
  }

  /**
   * Three ways to lose the last output, closed: node-pty closes the pty 200 ms after the program ended, read or not; a stream that
   * meets an error throws away what it holds unread; and libuv takes a hang-up for the end after one read of at most 4 KiB.
   */
  #drainBeforeEnd(): void {
    const destroy = this.#socket.destroy.bind(this.#socket)
    let isOver = false
    const end = (error?: Error) => {
      // Once only: the number of a closed pty soon belongs to another one.
      if (isOver) return destroy(error)
      isOver = true
      this.#draining = true
      while (this.#socket.read() !== null) {}
      for (const piece of readLeft(this.#pty)) this.#ring.push(piece)
      return destroy(error)
    }
    this.#socket.once('end', end)
    this.#socket.destroy = (error) => {
      if (error || this.#socket.readableEnded) return end(error)
      this.#draining = true
      this.#socket.resume()
      return setTimeout(end, DRAIN_MS)
    }
  }

  #handleOutput(bytes: Buffer): void {
    this.#ring.push(bytes)
    this.pump()
  }

  attach(reader: Reader, wanted: number, window: number): void {
    const from = clamp(wanted, this.#ring.start, this.#ring.end)
    this.#reading = { reader, sent: from, acked: from, window: Math.max(1, window) }
    reader.send(encodeFrame(FrameType.attached, this.number, encodeFields({ from, end: this.#ring.end, ...this.#size })))
    this.pump()
  }

  detach(reader: Reader): void {
    if (this.#reading?.reader !== reader) return
    this.#reading = null
    this.#regulate()
  }

  acknowledge(reader: Reader, offset: number): void {
    const reading = this.#reading
    if (reading?.reader !== reader) return
    reading.acked = clamp(offset, reading.acked, reading.sent)
    this.pump()
  }

  /** Sends the reader what it has room for, and reads on where that is wanted. */
  pump(): void {
    const reading = this.#reading
    while (reading && reading.sent < this.#ring.end && reading.sent - reading.acked < reading.window && reading.reader.hasRoom) {
      const most = Math.min(MOST_FRAME_DATA_BYTES, reading.window - (reading.sent - reading.acked))
      for (const piece of this.#ring.read(reading.sent, most)) {
        reading.reader.send(encodeFrame(FrameType.output, this.number, u64(reading.sent), piece))
        reading.sent += piece.length
      }
    }
    if (reading && this.#exit && reading.sent === this.#ring.end) {
      reading.reader.send(encodeFrame(FrameType.exited, this.number, this.#exit))
      this.#reading = null
    }
    this.#regulate()
  }

  /** With a reader, no further than its window; without one, on into the ring. */
  #regulate(): void {
    if (this.#exit || this.#draining) return
    const reading = this.#reading
    if (!reading || (this.#ring.end - reading.acked < reading.window && reading.reader.hasRoom)) this.#pty.resume()
    else this.#pty.pause()
  }

  /** Leaves out what this writer has sent before. An unknown writer starts where it says. */
  input(payload: Buffer): void {
    const [writer, sequence] = [readU64(payload, 0), readU64(payload, 8)]
    const known = this.#writers.get(writer) ?? sequence
    const fresh = sequence <= known ? payload.subarray(16 + known - sequence) : Buffer.alloc(0)
    this.#writers.delete(writer)
    this.#writers.set(writer, known + fresh.length)
    for (const oldest of this.#writers.keys()) if (this.#writers.size > MOST_WRITERS) this.#writers.delete(oldest)
    if (this.#exit) return
    // Also where nothing is fresh: its answer then comes behind those of the writes before it.
    this.#socket.write(Buffer.from(fresh), () => {
      this.#reading?.reader.send(encodeFrame(FrameType.accepted, this.number, u64(writer, known + fresh.length)))
    })
  }

  resize(columns: number, rows: number): void {
    this.#size = clampSize(columns, rows)
    if (!this.#exit && !this.#draining) this.#pty.resize(this.#size.columns, this.#size.rows)
  }

  hangUp(signal: 'SIGHUP' | 'SIGKILL'): void {
    if (!this.#exit) this.#pty.kill(signal)
  }

  describe(): Buffer {
    return encodeFields({ shell: this.number, key: this.key, end: this.#ring.end, ...this.#size })
  }
}
