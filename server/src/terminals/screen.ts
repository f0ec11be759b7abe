/** What a terminal shows, kept on the server: a headless xterm that every viewer's screen can be made from. */
import serialize from '@xterm/addon-serialize'
import headless, { type Terminal as HeadlessTerminal } from '@xterm/headless'

export interface ScreenSize {
  columns: number
  rows: number
}

export interface Colours {
  /** `#rrggbb` */
  foreground: string
  background: string
}

export interface ScreenOptions extends ScreenSize {
  /** Lines above the screen that are kept. */
  scrollback: number
  /** What the terminal says to a program that asked: where the cursor is, what it can do, what its colours are. */
  onAnswer: (answer: string) => void
  colours: () => Colours
}

/** The parts of xterm that its interface does not show and a screen is not whole without. */
interface Inside {
  buffer: { scrollTop: number; scrollBottom: number; x: number; y: number }
  coreService: { isCursorHidden: boolean }
  coreMouseService: { activeEncoding: string }
}

/** Pieces of several screens take turns, so that a flood in one neither starves the others nor holds up the server. */
let turn: Promise<void> = Promise.resolve()
/** About 3 ms of parsing. */
export const PIECE_BYTES = 24 * 1024

export class Screen {
  readonly #terminal: HeadlessTerminal
  readonly #serializer = new serialize.SerializeAddon()
  #isDisposed = false
  #giveUpTurn: () => void = () => {}

  constructor(options: ScreenOptions) {
    const { columns: cols, rows, scrollback } = options
    this.#terminal = new headless.Terminal({ cols, rows, scrollback, allowProposedApi: true, logLevel: 'off' })
    this.#terminal.loadAddon(this.#serializer)
    this.#terminal.onData(options.onAnswer)
    this.#answerColour(10, () => options.colours().foreground, options.onAnswer)
    this.#answerColour(11, () => options.colours().background, options.onAnswer)
  }

  /** Resolves when it shows, or when the screen is disposed of. At most `PIECE_BYTES` at once. */
  write(piece: Uint8Array | string): Promise<void> {
    const shown = turn.then(() => this.#show(piece))
    turn = shown
    return shown
  }

  #show(piece: Uint8Array | string): Promise<void> {
    if (this.#isDisposed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#giveUpTurn = resolve
      this.#terminal.write(piece, resolve)
    })
  }

  get size(): ScreenSize {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows }
  }

  /** Whether a full-screen program has the screen. */
  get isAlternate(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  resize({ columns, rows }: ScreenSize): void {
    this.#terminal.resize(columns, rows)
  }

  /**
   * The screen as output that makes it: written into an empty terminal of the same size it shows the same.
   *
   * @param scrollback  lines above the screen; all that there are where absent. 1000 lines cost about 20 ms
   */
  serialise(scrollback?: number): string {
    return this.#serializer.serialize(scrollback === undefined ? {} : { scrollback }) + this.#whatTheAddonLeavesOut()
  }

  dispose(): void {
    this.#isDisposed = true
    this.#terminal.dispose()
    // A terminal that is gone calls nobody back; the others wait for this turn to end.
    this.#giveUpTurn()
  }

  /** Scroll region (which homes the cursor, so the cursor is put back), a hidden cursor, and how the mouse reports. */
  #whatTheAddonLeavesOut(): string {
    const { buffer, coreService, coreMouseService } = (this.#terminal as unknown as { _core: Inside })._core
    const isWhole = buffer.scrollTop === 0 && buffer.scrollBottom === this.#terminal.rows - 1
    const region = isWhole ? '' : `\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r\x1b[${buffer.y + 1};${buffer.x + 1}H`
    const mouse = { SGR: '\x1b[?1006h', SGR_PIXELS: '\x1b[?1016h' }[coreMouseService.activeEncoding] ?? ''
    return region + mouse + (coreService.isCursorHidden ? '\x1b[?25l' : '')
  }

  #answerColour(code: number, colour: () => string, answer: (text: string) => void): void {
    this.#terminal.parser.registerOscHandler(code, (data) => {
      if (data !== '?') return false
      const [, red = '', green = '', blue = ''] = /^#(..)(..)(..)$/.exec(colour()) ?? []
      answer(`\x1b]${code};rgb:${red}${red}/${green}${green}/${blue}${blue}\x1b\\`)
      return true
    })
  }
}
