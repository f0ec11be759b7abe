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

interface Piece {
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
  /** What is drawn before the rest of the tail: notes, and what was undrawn when output went on elsewhere. */
  #first: Piece[] = []
  /** From where the tail is drawn. */
  #next: Position = { generation: '', offset: 0 }
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
    this.#next = this.#newest
    this.#tail.reset(offset)
    await this.#screen.write(screen)
    this.#drawn = { generation, offset }
  }

  /** Output goes on at `from`, of another shell or behind a gap; `note` is drawn before it. */
  goOnAt(from: Position, options: { replayEnd: number; note?: string }): void {
    this.#replayEnd = options.replayEnd
    if (from.generation === this.#newest.generation && from.offset === this.#newest.offset) return
    for (let piece = this.#ofTail(); piece; piece = this.#ofTail()) this.#first.push({ ...piece, bytes: piece.bytes.slice() })
    this.#newest = from
    this.#next = from
    this.#tail.reset(from.offset)
    this.#first.push({ bytes: Buffer.from(options.note ?? ''), behind: from })
    void this.#draw()
  }

  output(bytes: Buffer): void {
    this.#newest = { ...this.#newest, offset: this.#newest.offset + bytes.length }
    this.#tail.push(bytes)
    void this.#draw()
  }

  async #draw(): Promise<void> {
    if (this.#isDrawing) return
    this.#isDrawing = true
    for (let piece = this.#take(); piece; piece = this.#take()) {
      await this.#screen.write(piece.bytes)
      this.#drawn = piece.behind
      if (!this.#isDisposed) this.#options.onDrawn()
    }
    this.#isDrawing = false
  }

  #take(): Piece | null {
    return this.#isDisposed ? null : (this.#first.shift() ?? this.#ofTail())
  }

  /**
   * The next bytes where they lie in the tail. The buffers that output comes in are not kept until they are drawn: they would outlive
   * the young generation, and a flood would fill the heap with them before anybody looks.
   */
  #ofTail(): Piece | null {
    const { generation, offset } = this.#next
    const [bytes] = this.#tail.read(offset, PIECE_BYTES)
    if (!bytes) return null
    this.#next = { generation, offset: offset + bytes.length }
    return { bytes, behind: this.#next }
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
    this.#first = []
    this.#screen.dispose()
  }
}
