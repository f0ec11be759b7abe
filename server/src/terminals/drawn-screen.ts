/** A screen that draws a shell's output in its own time, and knows up to which byte it has drawn. */
import { unfinishedBytes } from './ground.js'
import { OutputRing } from './output-ring.js'
import type { ArchivedScreen } from './parts.js'
import { PIECE_BYTES, Screen, type ScreenOptions, type ScreenSize } from './screen.js'

/** Lines above the screen that are kept, and sent to a viewer that comes. A thousand cost about 20 ms to serialise. */
export const SCROLLBACK_LINES = 3_000
/** What is kept at rest: enough to go on from, little enough to write often. */
const ARCHIVED_LINES = 1_000
/** The newest output as it came. More than a window, so that everything undrawn is in it; a viewer back from a short cut needs no more. */
const TAIL_BYTES = 512 * 1024
/** The longest escape sequence that is looked for when a cut is made between two. */
const LONGEST_SEQUENCE_BYTES = 4096

/** A place in the output of one shell. */
export interface Position {
  generation: string
  offset: number
}

interface Undrawn {
  bytes: Uint8Array
  /** Where the screen is behind them. */
  behind: Position
}

export interface DrawnScreenOptions extends Pick<ScreenOptions, 'colours'> {
  size: ScreenSize
  /** Called after each piece that was drawn. */
  onDrawn: () => void
  /** An answer of the terminal to a program that asks now; what is only drawn again is not answered again. */
  onAnswer: (answer: string) => void
}

export class DrawnScreen {
  readonly #screen: Screen
  readonly #tail = new OutputRing(TAIL_BYTES)
  readonly #options: DrawnScreenOptions
  #undrawn: Undrawn[] = []
  #isDrawing = false
  #isDisposed = false
  /** Up to where it is drawn. */
  #drawn: Position = { generation: '', offset: 0 }
  /** Behind the newest byte that came. */
  #newest: Position = { generation: '', offset: 0 }
  /** Output before it is drawn again, not for the first time. */
  #replayEnd = 0

  constructor(options: DrawnScreenOptions) {
    this.#options = options
    this.#screen = new Screen({
      ...options.size,
      scrollback: SCROLLBACK_LINES,
      colours: options.colours,
      onAnswer: (answer) => {
        if (!this.isReplaying) options.onAnswer(answer)
      },
    })
  }

  get size(): ScreenSize {
    return this.#screen.size
  }
  get drawn(): Position {
    return this.#drawn
  }
  get newest(): Position {
    return this.#newest
  }
  /** Whether what is drawn now was printed while nobody here was listening: its questions are too old to answer. */
  get isReplaying(): boolean {
    return this.#drawn.generation !== this.#newest.generation || this.#drawn.offset < this.#replayEnd
  }

  /** Begins with a screen from an earlier time. */
  async restore(archived: ArchivedScreen): Promise<void> {
    const { generation, offset, columns, rows, screen } = archived
    this.#screen.resize({ columns, rows })
    this.#newest = { generation, offset }
    this.#tail.reset(offset)
    await this.#screen.write(screen)
    this.#drawn = { generation, offset }
  }

  /** Output goes on at `from`, of another shell or behind a gap; `note` is drawn before it. */
  goOnAt(from: Position, options: { replayEnd: number; note?: string }): void {
    this.#replayEnd = options.replayEnd
    if (from.generation === this.#newest.generation && from.offset === this.#newest.offset) return
    this.#newest = from
    this.#tail.reset(from.offset)
    this.#draw({ bytes: Buffer.from(options.note ?? ''), behind: from })
  }

  output(bytes: Buffer): void {
    const offset = this.#newest.offset + bytes.length
    this.#newest = { ...this.#newest, offset }
    this.#tail.push(bytes)
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES)
      this.#draw({ bytes: piece, behind: { ...this.#newest, offset: offset - bytes.length + at + piece.length } })
    }
  }

  #draw(undrawn: Undrawn): void {
    this.#undrawn.push(undrawn)
    if (!this.#isDrawing) void this.#drawAll()
  }

  async #drawAll(): Promise<void> {
    this.#isDrawing = true
    for (let next = this.#undrawn.shift(); next && !this.#isDisposed; next = this.#undrawn.shift()) {
      await this.#screen.write(next.bytes)
      this.#drawn = next.behind
      if (!this.#isDisposed) this.#options.onDrawn()
    }
    this.#isDrawing = false
  }

  /** What came from `offset` on, or null where that is not kept any more or has not come yet. */
  since({ generation, offset }: Position): Iterable<Buffer> | null {
    const isThere = generation === this.#newest.generation && offset >= this.#tail.start && offset <= this.#newest.offset
    return isThere ? this.#tail.read(offset) : null
  }

  /** The screen as it is drawn, and the place from which output goes on. Not while the drawing is in another generation. */
  snapshot(scrollback?: number): ArchivedScreen {
    const { generation, offset } = this.#drawn
    const start = Math.max(this.#tail.start, offset - LONGEST_SEQUENCE_BYTES)
    const unfinished = start < offset ? unfinishedBytes(this.#tail.slice(start, offset - start)) : 0
    return { generation, offset: offset - unfinished, ...this.#screen.size, screen: this.#screen.serialise(scrollback) }
  }

  archive(): ArchivedScreen {
    return this.snapshot(ARCHIVED_LINES)
  }

  resize(size: ScreenSize): void {
    this.#screen.resize(size)
  }

  /** Output that puts an end to whatever the last program left: its sequence, its screen, its modes. */
  freshStart(): string {
    return `\x18${this.#screen.isAlternate ? '\x1b[?1049l' : ''}\x1b[!p\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1l\x1b[?25h`
  }

  dispose(): void {
    this.#isDisposed = true
    this.#undrawn = []
    this.#screen.dispose()
  }
}
