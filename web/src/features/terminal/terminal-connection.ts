/**
 * The line of one terminal: a WebSocket that is opened again for as long as the terminal is on the page, and goes on by offset.
 * Knows nothing of screens: whoever listens draws, and says when it has drawn.
 */
import {
  GrowingNumber,
  type Language,
  numbered,
  PROGRESS,
  readNumbered,
  type TerminalMessage,
  type TerminalState,
  type ViewerMessage,
  type ViewerMode,
} from '@wheelhouse/protocol'
import { createStore, type Store } from '~/lib/store'
import { UnansweredInput } from './unanswered-input'

export interface TerminalSize {
  columns: number
  rows: number
}

export type Snapshot = Extract<TerminalMessage, { type: 'snapshot' }>

export interface ConnectionListener {
  /** The screen anew, to be drawn at its size into an empty terminal. */
  onSnapshot(snapshot: Snapshot): void
  /** More output; `drawn` is to be called when it shows. */
  onOutput(bytes: Uint8Array, drawn: () => void): void
  /** The terminal's size; `leads` where this page decides it. */
  onSize(size: TerminalSize & { leads: boolean }): void
}

export interface ConnectionOptions {
  terminal: string
  listener: ConnectionListener
  /** Asked each time that the line is opened. */
  introduce: () => TerminalSize & { language: Language; foreground: string; background: string }
  /** The line could not be opened a few times in a row: the terminal may not be there any more. */
  onDoubt?: () => void
}

/** What the state chip says. `line` is ours to the server, `state` the server's to the shell. */
export interface ConnectionStatus {
  line: 'opening' | 'open' | 'lost'
  state: TerminalState
  mode: ViewerMode
}

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000
/** The server says something at least every 5 s. A line that was silent for this many looks is dead; a look after sleep counts once. */
const LOOK_EVERY_MS = 5_000
const MOST_SILENT_LOOKS = 3
const FAILURES_UNTIL_DOUBT = 3

export class TerminalConnection {
  readonly status: Store<ConnectionStatus> = createStore<ConnectionStatus>({
    line: 'opening',
    state: { phase: 'connecting' },
    mode: 'interactive',
  })
  readonly #options: ConnectionOptions
  readonly #input = new UnansweredInput()
  /** One page's typing, over all of its lines. */
  readonly #writer = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER)
  #socket: WebSocket | null = null
  #isClosed = false
  /** Whether this line has said which shell it leads to: what was typed for another one must not reach it. */
  #knowsShell = false
  #failures = 0
  #silentLooks = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  readonly #looks: ReturnType<typeof setInterval>
  #generation = ''
  /** Behind the last byte that came, and that was drawn. */
  #received = 0
  #drawn = 0
  readonly #acknowledged = new GrowingNumber({
    step: PROGRESS.bytes,
    tell: (offset) => this.#say({ type: 'ack', offset }),
    later: (work) => {
      const timer = setTimeout(work, PROGRESS.delayMs)
      return () => clearTimeout(timer)
    },
  })

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#looks = setInterval(() => this.#look(), LOOK_EVERY_MS)
    addEventListener('online', this.#wake)
    document.addEventListener('visibilitychange', this.#wake)
    this.#open()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#retry)
    clearInterval(this.#looks)
    this.#acknowledged.stop()
    removeEventListener('online', this.#wake)
    document.removeEventListener('visibilitychange', this.#wake)
    this.#socket?.close()
  }

  type(bytes: Uint8Array): void {
    if (this.status.get().mode !== 'interactive' || this.status.get().state.phase === 'exited') return
    this.#input.add(bytes)
    this.#sendInput()
  }

  resize({ columns, rows }: TerminalSize): void {
    this.#say({ type: 'resize', columns, rows })
  }

  /** A new shell in the place of one that has ended. */
  restart(): void {
    this.#say({ type: 'restart' })
  }

  /** Gives a line that is lost another try at once. */
  readonly #wake = (): void => {
    if (document.visibilityState === 'hidden' || this.#socket || this.#isClosed) return
    this.#open()
  }

  #open(): void {
    clearTimeout(this.#retry)
    const url = new URL(`/api/terminals/${this.#options.terminal}/socket`, location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    this.#silentLooks = 0
    this.#knowsShell = false
    socket.onopen = () => this.#greet()
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (this.#socket !== socket) return
      this.#silentLooks = 0
      if (typeof data === 'string') this.#obey(JSON.parse(data) as TerminalMessage)
      else this.#handleOutput(new Uint8Array(data))
    }
    socket.onclose = () => this.#handleClose(socket)
  }

  #handleClose(socket: WebSocket): void {
    if (this.#socket !== socket) return
    this.#socket = null
    if (this.#isClosed) return
    this.#set({ line: 'lost' })
    if (++this.#failures % FAILURES_UNTIL_DOUBT === 0) this.#options.onDoubt?.()
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS)
    this.#retry = setTimeout(() => this.#open(), pause * (0.75 + Math.random() / 2))
  }

  #look(): void {
    if (!this.#socket || ++this.#silentLooks < MOST_SILENT_LOOKS) return
    const silent = this.#socket
    silent.close()
    // A socket whose other end is gone may take minutes to close.
    this.#handleClose(silent)
  }

  #greet(): void {
    const at = this.#generation === '' ? {} : { at: { generation: this.#generation, offset: this.#received } }
    this.#say({ type: 'hello', writer: this.#writer, ...this.#options.introduce(), ...at })
  }

  #obey(message: TerminalMessage): void {
    switch (message.type) {
      case 'welcome':
        this.#failures = 0
        this.#input.rewind()
        this.#set({ line: 'open', state: message.state, mode: message.mode })
        break
      case 'snapshot':
        this.#handleSnapshot(message)
        break
      case 'resume':
        this.#acknowledged.startAt(message.offset)
        this.#acknowledged.grow(this.#drawn)
        this.#knowsShell = true
        this.#sendInput()
        break
      case 'size':
        this.#options.listener.onSize(message)
        break
      case 'state':
        this.#set({ state: message.state })
        break
      case 'accepted':
        this.#input.accepted(message.sequence)
        this.#sendInput()
        break
      case 'beat':
        break
    }
  }

  #handleSnapshot(snapshot: Snapshot): void {
    if (this.#generation !== '' && snapshot.generation !== this.#generation) this.#input.clear()
    this.#generation = snapshot.generation
    this.#received = snapshot.offset
    this.#drawn = snapshot.offset
    this.#acknowledged.startAt(snapshot.offset)
    this.#options.listener.onSnapshot(snapshot)
    this.#knowsShell = true
    this.#sendInput()
  }

  #handleOutput(message: Uint8Array): void {
    const output = readNumbered(message)
    if (!output || output.number !== this.#received) {
      // Something is missing: the line is opened again, and goes on from what is here.
      this.#socket?.close()
      return
    }
    const generation = this.#generation
    this.#received += output.bytes.length
    const behind = this.#received
    this.#options.listener.onOutput(output.bytes, () => {
      if (generation !== this.#generation || behind <= this.#drawn) return
      this.#drawn = behind
      this.#acknowledged.grow(behind)
    })
  }

  #sendInput(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN || !this.#knowsShell) return
    for (const { sequence, bytes } of this.#input.take()) this.#socket.send(numbered(sequence, bytes))
  }

  #say(message: ViewerMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #set(change: Partial<ConnectionStatus>): void {
    this.status.set({ ...this.status.get(), ...change })
  }
}
