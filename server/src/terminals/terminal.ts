/**
 * One terminal: a shell under its machine's keeper, the screen it has drawn, and the viewers of that screen.
 *
 * Output goes to the viewers as it comes and beside that into the server's own screen, from which a viewer that comes later is
 * served. The keeper is acknowledged what the screen and the slowest viewer that counts have dealt with, so one window bounds what
 * is under way on the whole path. Programs' questions are answered by the server's screen alone: once, whoever looks on.
 */
import { formatMessage, message, type TerminalState } from '@wheelhouse/protocol'
import type { Clock } from '../clock.js'
import type { TerminalRecord } from '../store/repositories/terminals.js'
import { DrawnScreen } from './drawn-screen.js'
import type { Attached } from './keeper-client.js'
import type { MachineLink } from './machine-link.js'
import { PATIENCE_MS } from './pace.js'
import type { ScreenArchive, TerminalLog, TerminalTap } from './parts.js'
import type { ScreenSize } from './screen.js'
import { ShellSession } from './shell-session.js'
import type { Typed } from './typed-input.js'
import { Viewer, type ViewerParts } from './viewer.js'
import { Viewers } from './viewers.js'

export interface TerminalParts {
  record: TerminalRecord
  link: MachineLink
  archive: ScreenArchive
  clock: Clock
  log: TerminalLog
  /** Somebody typed. */
  onActivity: () => void
  /** The last viewer has gone. */
  onDeserted: () => void
  tap?: TerminalTap | undefined
}

/**
 * Most bytes on their way from a shell to its slowest viewer. Less makes output stutter on long lines (a window is what passes in
 * one round trip), more makes Ctrl+C wait: what is under way is still shown after it.
 */
export const WINDOW_BYTES = 256 * 1024
/** How long a changed screen may be unsaved. */
const SAVE_AFTER_MS = 10_000
const SIZE_BEFORE_ANY_VIEWER: ScreenSize = { columns: 80, rows: 24 }
const COLOURS_BEFORE_ANY_VIEWER = { foreground: '#e6e9ee', background: '#0b1220' }
/** Who types the screen's own answers; pages choose random numbers. */
const newWriter = () => Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)

export class Terminal {
  readonly #parts: TerminalParts
  readonly #viewers = new Viewers()
  readonly #screen: DrawnScreen
  readonly #session: ShellSession
  readonly #answers = { writer: newWriter(), sequence: 0 }
  #cancelReview: (() => void) | null = null
  #cancelSave: (() => void) | null = null

  /** Brings back what was kept of it and looks for its shell; a shell that is not there is opened. */
  static async open(parts: TerminalParts): Promise<Terminal> {
    const archived = await parts.archive.load(parts.record.id)
    const terminal = new Terminal(parts, archived ?? { generation: '', offset: 0 })
    if (archived) await terminal.#screen.restore(archived)
    terminal.#session.start()
    return terminal
  }

  private constructor(parts: TerminalParts, seen: { generation: string; offset: number }) {
    this.#parts = parts
    this.#screen = new DrawnScreen({
      size: SIZE_BEFORE_ANY_VIEWER,
      colours: () => this.#viewers.foremost?.colours ?? COLOURS_BEFORE_ANY_VIEWER,
      onDrawn: () => this.#handleDrawn(),
      onAnswer: (answer) => this.#answer(answer),
    })
    this.#session = new ShellSession({
      key: parts.record.id,
      user: parts.record.user === 'root' ? 'root' : 'candidate',
      link: parts.link,
      size: () => this.#screen.size,
      windowBytes: WINDOW_BYTES,
      seen,
      events: {
        onAttached: (attached) => this.#handleAttached(attached),
        onOutput: (offset, bytes) => this.#handleOutput(offset, bytes),
        onAccepted: (writer, sequence) => this.#viewers.byWriter(writer)?.accepted(sequence),
        onState: (state) => this.#handleState(state),
      },
    })
  }

  get state(): TerminalState {
    return this.#session.state
  }
  get isDeserted(): boolean {
    return this.#viewers.all.length === 0
  }

  // Viewers.

  addViewer(parts: ViewerParts): Viewer {
    const viewer = new Viewer(parts, this.#parts.clock)
    viewer.tell({ type: 'welcome', mode: viewer.mode, state: this.state })
    const leads = this.#viewers.add(viewer)
    if (leads) this.#resizeTo(viewer.size)
    else viewer.tell({ type: 'size', ...this.#screen.size, leads: false })
    this.#bringUpToDate(viewer)
    return viewer
  }

  removeViewer(viewer: Viewer): void {
    viewer.leave()
    this.#viewers.remove(viewer)
    const { leader } = this.#viewers
    if (leader) this.#resizeTo(leader.size)
    this.#acknowledge()
    if (this.isDeserted) this.#parts.onDeserted()
  }

  type(viewer: Viewer, { sequence, bytes }: Omit<Typed, 'writer'>): void {
    if (viewer.mode !== 'interactive') return
    if (this.#viewers.lead(viewer)) this.#resizeTo(viewer.size)
    this.#parts.onActivity()
    this.#parts.tap?.onInput(this.#parts.record.id, bytes, this.#parts.clock.now())
    this.#session.type({ writer: viewer.writer, sequence, bytes })
  }

  resizeViewer(viewer: Viewer, size: ScreenSize): void {
    viewer.size = size
    if (this.#viewers.leader === viewer) this.#resizeTo(size)
  }

  acknowledge(viewer: Viewer, offset: number): void {
    viewer.acknowledge(offset)
    if (!viewer.isLive && viewer.unshown === 0) this.#bringUpToDate(viewer)
    this.#acknowledge()
  }

  restart(viewer: Viewer): void {
    if (viewer.mode === 'interactive') this.#session.restart()
  }

  /** Sends a viewer what it does not have: what came since, or the whole screen. Waits while the screen is being brought back. */
  #bringUpToDate(viewer: Viewer): void {
    if (!this.#isSettled) return
    const { generation } = this.#screen.newest
    const missing = viewer.at && viewer.isFirstTime ? this.#screen.since(viewer.at) : null
    if (viewer.at && missing) {
      viewer.tell({ type: 'resume', generation, offset: viewer.at.offset, ...this.#screen.size })
      this.#goLive(viewer, viewer.at.offset, missing)
      return
    }
    const snapshot = this.#screen.snapshot()
    viewer.tell({ type: 'snapshot', ...snapshot })
    this.#goLive(viewer, snapshot.offset, this.#screen.since(snapshot) ?? [])
  }

  #goLive(viewer: Viewer, from: number, missing: Iterable<Buffer>): void {
    let offset = from
    viewer.goLive(offset)
    for (const bytes of missing) {
      viewer.send(offset, bytes)
      offset += bytes.length
    }
    this.#watchPace()
  }

  /** Whether the screen is what the shell has drawn by now, or all that can be had of it. */
  get #isSettled(): boolean {
    if (this.#screen.drawn.generation !== this.#screen.newest.generation) return false
    return this.state.phase !== 'connecting' && !this.#screen.isReplaying
  }

  #bringAllUpToDate(): void {
    for (const viewer of this.#viewers.all) if (!viewer.isLive && viewer.unshown === 0) this.#bringUpToDate(viewer)
  }

  #resizeTo(size: ScreenSize): void {
    const { columns, rows } = this.#screen.size
    if (columns !== size.columns || rows !== size.rows) {
      this.#screen.resize(size)
      this.#session.resize(size)
      this.#parts.tap?.onResize(this.#parts.record.id, size, this.#parts.clock.now())
    }
    this.#viewers.tellSize(size)
  }

  // The shell.

  #handleAttached({ generation, from, end }: Attached & { generation: string }): void {
    const before = this.#screen.newest
    const isAnother = before.generation !== '' && generation !== before.generation
    const hasGap = generation === before.generation && from > before.offset
    const note = isAnother ? this.#noteOfNewShell() : hasGap ? '\x18' : ''
    if (isAnother || hasGap) for (const viewer of this.#viewers.all) viewer.fallBehind()
    this.#screen.goOnAt({ generation, offset: from }, { replayEnd: end, note })
    this.#bringAllUpToDate()
  }

  /** The old screen stays above a line that says what happened, in the language of who looks at it. */
  #noteOfNewShell(): string {
    const key = this.state.phase === 'unreachable' ? 'terminal.machine-was-stopped' : 'terminal.new-shell'
    const text = formatMessage(this.#viewers.foremost?.language ?? 'en', message(key))
    return `${this.#screen.freshStart()}\r\n\x1b[0;2m── ${text} ──\x1b[0m\r\n`
  }

  #handleOutput(offset: number, bytes: Buffer): void {
    for (const viewer of this.#viewers.all) if (viewer.isLive) viewer.forward(offset, bytes)
    this.#screen.output(bytes)
    this.#parts.tap?.onOutput(this.#parts.record.id, bytes, this.#parts.clock.now())
    this.#watchPace()
  }

  #handleDrawn(): void {
    this.#bringAllUpToDate()
    this.#acknowledge()
    this.#saveSoon()
  }

  #handleState(state: TerminalState): void {
    for (const viewer of this.#viewers.all) viewer.tell({ type: 'state', state })
    this.#bringAllUpToDate()
  }

  #acknowledge(): void {
    const { drawn, newest } = this.#screen
    if (drawn.generation === newest.generation) this.#session.acknowledge(this.#viewers.shown(drawn.offset))
  }

  #answer(answer: string): void {
    const bytes = Buffer.from(answer, 'latin1')
    this.#session.type({ ...this.#answers, bytes })
    this.#answers.sequence += bytes.length
  }

  /** While somebody has something left to show, looks again and again whether they get on with it. */
  #watchPace(): void {
    if (this.#cancelReview || !this.#viewers.someoneIsShowing) return
    this.#cancelReview = this.#parts.clock.after(PATIENCE_MS, () => {
      this.#cancelReview = null
      if (this.#viewers.dropTheSlow(WINDOW_BYTES)) this.#acknowledge()
      this.#watchPace()
    })
  }

  // At rest.

  #saveSoon(): void {
    this.#cancelSave ??= this.#parts.clock.after(SAVE_AFTER_MS, () => {
      this.#cancelSave = null
      void this.#save()
    })
  }

  async #save(): Promise<void> {
    const { drawn, newest } = this.#screen
    if (newest.generation === '' || drawn.generation !== newest.generation || this.#screen.isReplaying) return
    try {
      await this.#parts.archive.save(this.#parts.record.id, this.#screen.archive())
    } catch (error) {
      this.#parts.log.warn({ err: error, terminal: this.#parts.record.id }, 'a screen could not be kept')
    }
  }

  /** Keeps the screen and lets go of the shell, which lives on. */
  async leave(): Promise<void> {
    const saved = this.#save()
    this.#session.leave()
    this.#dispose()
    await saved
  }

  /** Ends the shell and forgets the screen. */
  async close(): Promise<void> {
    this.#session.close()
    this.#dispose()
    await this.#parts.archive.remove(this.#parts.record.id)
  }

  #dispose(): void {
    this.#cancelReview?.()
    this.#cancelSave?.()
    this.#screen.dispose()
  }
}
