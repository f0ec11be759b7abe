/** One page that shows a terminal: what it was sent, what it has shown, and whether it keeps up. */
import { GrowingNumber, type Language, numbered, PROGRESS, type TerminalMessage, type ViewerMode } from '@wheelhouse/protocol'
import type { Clock } from '../clock.js'
import type { Colours, ScreenSize } from './screen.js'

/** The socket of a viewer, as far as it is needed. */
export interface ViewerSocket {
  sendText(text: string): void
  sendBytes(bytes: Uint8Array): void
}

export interface ViewerParts {
  socket: ViewerSocket
  mode: ViewerMode
  writer: number
  size: ScreenSize
  language: Language
  colours: Colours
  /** What its screen shows already. */
  at: { generation: string; offset: number } | null
}

/** `behind`: it is sent nothing until it has shown what it was sent; then it gets the screen as it is. */
export type ViewerPace = { pace: 'live' | 'behind'; sent: number; shown: number }

export class Viewer {
  readonly mode: ViewerMode
  readonly writer: number
  readonly language: Language
  readonly colours: Colours
  /** The size of its window: what the terminal has where this viewer leads. */
  size: ScreenSize
  readonly at: ViewerParts['at']
  /** Offsets of the generation; a viewer begins behind, with nothing. */
  #state: ViewerPace = { pace: 'behind', sent: 0, shown: 0 }
  readonly #socket: ViewerSocket
  readonly #accepted: GrowingNumber
  /** Until it went live once, what it brought along is worth asking for. */
  isFirstTime = true

  constructor(parts: ViewerParts, clock: Pick<Clock, 'after'>) {
    this.#socket = parts.socket
    this.mode = parts.mode
    this.writer = parts.writer
    this.language = parts.language
    this.colours = parts.colours
    this.size = parts.size
    this.at = parts.at
    this.#accepted = new GrowingNumber({
      step: PROGRESS.bytes,
      tell: (sequence) => this.tell({ type: 'accepted', sequence }),
      later: (work) => clock.after(PROGRESS.delayMs, work),
    })
  }

  get isLive(): boolean {
    return this.#state.pace === 'live'
  }
  get shown(): number {
    return this.#state.shown
  }
  /** Bytes on their way to its screen. */
  get unshown(): number {
    return this.#state.sent - this.#state.shown
  }
  /** A viewer that only reads slows nobody down. */
  get counts(): boolean {
    return this.isLive && this.mode === 'interactive'
  }

  tell(message: TerminalMessage): void {
    this.#socket.sendText(JSON.stringify(message))
  }

  /** The shell was given everything that it typed before `sequence`. */
  accepted(sequence: number): void {
    this.#accepted.grow(sequence)
  }

  /** It has gone. */
  leave(): void {
    this.#accepted.stop()
  }

  /** From `offset` on it is sent what comes. */
  goLive(offset: number): void {
    this.#state = { pace: 'live', sent: offset, shown: offset }
    this.isFirstTime = false
  }

  /** It is not sent any more; what is on its way may still be shown. */
  fallBehind(): void {
    this.#state.pace = 'behind'
  }

  /** Sends a copy. */
  send(offset: number, bytes: Uint8Array): void {
    this.#socket.sendBytes(numbered(offset, bytes))
    this.#state.sent = offset + bytes.length
  }

  /** Sends the bytes where they lie, which must not change any more. */
  forward(offset: number, bytes: Uint8Array): void {
    this.#socket.sendBytes(asItLies(offset, bytes) ?? numbered(offset, bytes))
    this.#state.sent = offset + bytes.length
  }

  /** What it says of itself is not trusted further than what it was sent. */
  acknowledge(offset: number): void {
    this.#state.shown = Math.max(this.#state.shown, Math.min(offset, this.#state.sent))
  }
}

/** A frame of the keeper has the offset right before the bytes, just as a viewer's message has: it need not be made again. */
function asItLies(offset: number, { buffer, byteOffset, byteLength }: Uint8Array): Uint8Array | null {
  const start = byteOffset - OFFSET_BYTES
  const isThere = start >= 0 && Number(new DataView(buffer, start, OFFSET_BYTES).getBigUint64(0)) === offset
  return isThere ? new Uint8Array(buffer, start, OFFSET_BYTES + byteLength) : null
}

const OFFSET_BYTES = 8
