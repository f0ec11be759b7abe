/** Plays the page of one viewer: keeps what it was sent, draws it, acknowledges it. */
import { EventEmitter } from 'node:events'
import { numbered, readNumbered, type TerminalMessage, type TerminalState, type ViewerMode } from '@wheelhouse/protocol'
import type { WebSocket } from 'ws'
import { Screen } from '../screen.js'
import type { Terminal } from '../terminal.js'
import { connectViewer } from '../viewer-connection.js'

export interface PageOptions {
  writer?: number
  columns?: number
  rows?: number
  mode?: ViewerMode
  at?: { generation: string; offset: number }
  language?: 'en' | 'zh'
  /** Whether it acknowledges what comes, as a page does once it is drawn. */
  acknowledges?: boolean
}

/** As much of a socket as the server uses; what the server sends goes to `onSent`. */
class SocketDouble extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  closedWith: number | null = null
  constructor(readonly onSent: (data: string | Uint8Array) => void) {
    super()
  }
  send(data: string | Uint8Array): void {
    this.onSent(data)
  }
  close(code = 1000): void {
    if (this.readyState !== this.OPEN) return
    this.closedWith = code
    this.readyState = 3
    this.emit('close')
  }
  terminate(): void {
    this.close(1006)
  }
}

export class Page {
  readonly writer: number
  readonly messages: TerminalMessage[] = []
  /** Everything that came, joined: the snapshot's screen is not in it. */
  bytes: Buffer[] = []
  generation = ''
  /** Behind the last byte that came. */
  offset = 0
  state: TerminalState = { phase: 'connecting' }
  size = { columns: 0, rows: 0, leads: false }
  snapshots = 0
  accepted = 0
  sequence: number
  acknowledges: boolean
  readonly socket: SocketDouble
  readonly #screen: Screen
  #listens = true
  #drawing: Promise<void> = Promise.resolve()
  #waiting: { holds: () => boolean; resolve: () => void }[] = []

  constructor(terminal: Terminal, options: PageOptions = {}) {
    const { writer = Math.floor(Math.random() * 2 ** 40), columns = 80, rows = 24, mode = 'interactive', at } = options
    this.writer = writer
    this.sequence = 0
    this.acknowledges = options.acknowledges ?? true
    const colours = { foreground: '#ffffff', background: '#000000' }
    this.#screen = new Screen({ columns, rows, scrollback: 3000, onAnswer: () => {}, colours: () => colours })
    this.socket = new SocketDouble((data) => this.#handle(data))
    connectViewer(this.socket as unknown as WebSocket, terminal, mode)
    if (at) {
      this.generation = at.generation
      this.offset = at.offset
    }
    this.say({ type: 'hello', writer, columns, rows, language: options.language ?? 'en', ...colours, ...(at ? { at } : {}) })
  }

  get text(): string {
    return Buffer.concat(this.bytes).toString()
  }
  get length(): number {
    return this.bytes.reduce((sum, chunk) => sum + chunk.length, 0)
  }

  say(message: object): void {
    this.socket.emit('message', Buffer.from(JSON.stringify(message)), false)
  }
  type(text: string | Uint8Array, sequence = this.sequence): void {
    const bytes = Buffer.from(text)
    this.sequence = Math.max(this.sequence, sequence + bytes.length)
    this.socket.emit('message', Buffer.from(numbered(sequence, bytes)), true)
  }
  close(): void {
    this.socket.close()
    this.#screen.dispose()
  }
  /** Deaf: what comes is lost, as on a socket that is cut. */
  hear(listens: boolean): void {
    this.#listens = listens
  }

  /** What its screen shows once everything that came is drawn. */
  async shows(): Promise<string> {
    await this.#drawing
    return this.#screen.serialise()
  }

  async until(holds: () => boolean): Promise<void> {
    if (!holds()) await new Promise<void>((resolve) => this.#waiting.push({ holds, resolve }))
  }
  /** Resolves when the shell waits for a command. */
  async ready(): Promise<this> {
    await this.untilShows('$')
    return this
  }
  /** Resolves when its screen shows the text. */
  async untilShows(text: string): Promise<void> {
    for (;;) {
      const seen = this.messages.length + this.length
      if ((await this.shows()).includes(text)) return
      await this.until(() => this.messages.length + this.length > seen)
    }
  }

  #handle(data: string | Uint8Array): void {
    if (!this.#listens) return
    if (typeof data === 'string') this.#handleMessage(JSON.parse(data) as TerminalMessage)
    else this.#handleOutput(data)
    const met = this.#waiting.filter((waiter) => waiter.holds())
    this.#waiting = this.#waiting.filter((waiter) => !met.includes(waiter))
    for (const waiter of met) waiter.resolve()
  }

  #handleOutput(data: Uint8Array): void {
    const output = readNumbered(data)
    if (!output || output.number !== this.offset) throw new Error(`output at ${output?.number}, expected ${this.offset}`)
    this.bytes.push(Buffer.from(output.bytes))
    this.offset += output.bytes.length
    const until = this.offset
    this.#drawing = this.#drawing.then(() => this.#screen.write(output.bytes))
    if (this.acknowledges) queueMicrotask(() => this.say({ type: 'ack', offset: until }))
  }

  #handleMessage(message: TerminalMessage): void {
    this.messages.push(message)
    if (message.type === 'snapshot') {
      this.snapshots++
      this.generation = message.generation
      this.offset = message.offset
      const { columns, rows, screen } = message
      this.#drawing = this.#drawing.then(() => {
        this.#screen.resize({ columns, rows })
        return this.#screen.write(`\x1bc${screen}`)
      })
    }
    if (message.type === 'welcome' || message.type === 'state') this.state = message.state
    if (message.type === 'size') {
      this.size = message
      this.#drawing = this.#drawing.then(() => this.#screen.resize(message))
    }
    if (message.type === 'accepted') this.accepted = message.sequence
  }
}
