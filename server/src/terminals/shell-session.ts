/** The keeper's side of a terminal: finds or opens its shell, follows its output by offset, and types what the viewers type. */
import { type ErrorBody, LabError, type TerminalState } from '@wheelhouse/protocol'
import type { Attached, KeeperClient, ShellExit, ShellListener } from './keeper-client.js'
import type { LinkMember, MachineLink, Unreachable } from './machine-link.js'
import type { ScreenSize } from './screen.js'
import { type Typed, TypedInput } from './typed-input.js'

export interface ShellSessionParts {
  /** The key under which the keeper knows the shell. */
  key: string
  user: 'candidate' | 'root'
  link: MachineLink
  /** The size that the shell is to have. */
  size: () => ScreenSize
  /** Most bytes under way, unacknowledged, from the shell to the slowest viewer. */
  windowBytes: number
  /** What an earlier server had seen of it: the generation is `''` where there was none. */
  seen: { generation: string; offset: number }
  events: ShellSessionEvents
}

export interface ShellSessionEvents {
  /**
   * A shell is attached; output follows from `from`. `end` is where its output ended at that moment.
   * A generation other than the one before is another shell. The same one with a later `from` than what was seen has a gap.
   */
  onAttached(attached: Attached & { generation: string }): void
  onOutput(offset: number, bytes: Buffer): void
  onAccepted(writer: number, sequence: number): void
  onState(state: TerminalState): void
}

/** An acknowledgement is a frame and a system call on three programs: this many bytes share one, a small part of any window. */
const ACK_BYTES = 32 * 1024

export class ShellSession implements LinkMember, ShellListener {
  readonly #parts: ShellSessionParts
  readonly #typed = new TypedInput()
  #client: KeeperClient | null = null
  #shell: number | null = null
  #generation: string
  #received: number
  #acknowledged = 0
  #state: TerminalState = { phase: 'connecting' }
  #failures = 0

  constructor(parts: ShellSessionParts) {
    this.#parts = parts
    this.#generation = parts.seen.generation
    this.#received = parts.seen.offset
  }

  get state(): TerminalState {
    return this.#state
  }

  start(): void {
    this.#parts.link.join(this)
  }

  /** Lets go of the shell, which lives on. */
  leave(): void {
    if (this.#client && this.#shell !== null) this.#client.detach(this.#shell)
    this.#client = null
    this.#parts.link.leave(this)
  }

  /** Hangs up on the shell; where the machine cannot be reached now, as soon as it can. */
  close(): void {
    this.#enter({ phase: 'closed' })
    if (this.#client) void this.#hangUp(this.#client)
  }

  async #hangUp(client: KeeperClient): Promise<void> {
    const shells = await client.list().catch(() => null)
    if (shells === null) return
    for (const { key, shell } of shells) if (key === this.#parts.key) client.closeShell(shell)
    this.#parts.link.leave(this)
  }

  type(typed: Typed): void {
    if (!this.#typed.add(typed)) return
    if (this.#state.phase === 'running' && this.#client && this.#shell !== null) this.#client.input(this.#shell, typed)
  }

  resize({ columns, rows }: ScreenSize): void {
    if (this.#client && this.#shell !== null) this.#client.resize(this.#shell, columns, rows)
  }

  /** Everything before `offset` is dealt with. */
  acknowledge(offset: number): void {
    if (!this.#client || this.#shell === null || offset <= this.#acknowledged) return
    if (offset - this.#acknowledged < ACK_BYTES) return
    this.#acknowledged = offset
    this.#client.acknowledge(this.#shell, offset)
  }

  /** A new shell in the place of one that has ended or could not be started; otherwise nothing. */
  restart(): void {
    if (this.#state.phase !== 'exited' && this.#state.phase !== 'refused') return
    this.#enter({ phase: 'connecting' })
    const client = this.#client
    if (!client) return
    if (this.#shell !== null) client.closeShell(this.#shell)
    this.#shell = null
    void this.#open(client)
  }

  handleConnected(client: KeeperClient): void {
    this.#failures = 0
    this.#client = client
    this.#shell = null
    if (this.#state.phase === 'closed') void this.#hangUp(client)
    else void this.#find(client)
  }

  handleDisconnected(why: Unreachable): void {
    this.#client = null
    this.#shell = null
    // A machine that was stopped has ended its shells.
    if (this.#state.phase === 'closed' && why === 'machine-stopped') this.#parts.link.leave(this)
    if (this.#state.phase === 'exited' || this.#state.phase === 'closed') return
    // A single cut mends itself within a moment; nobody has to hear of it.
    if (++this.#failures > 1 || why === 'machine-stopped') this.#enter({ phase: 'unreachable', why })
  }

  async #find(client: KeeperClient): Promise<void> {
    try {
      const shells = await client.list()
      if (this.#client !== client || this.#state.phase === 'closed') return
      const found = shells.find(({ key }) => key === this.#parts.key)
      // One that has ended stays as it is until somebody asks for a new one.
      if (this.#state.phase === 'exited') this.#shell = found?.shell ?? null
      else if (found) this.#attach(client, found.shell)
      else await this.#open(client)
    } catch {
      // The channel was cut meanwhile; the link comes back with another one.
    }
  }

  async #open(client: KeeperClient): Promise<void> {
    try {
      const { key, user, size } = this.#parts
      const { shell } = await client.open({ key, user, size: size() })
      if (this.#client === client) this.#attach(client, shell)
    } catch (error) {
      if (this.#client === client) this.#enter({ phase: 'refused', error: bodyOf(error) })
    }
  }

  #attach(client: KeeperClient, shell: number): void {
    this.#shell = shell
    const from = this.#generation === generationOf(client, shell) ? this.#received : 0
    client.attach(shell, this, { from, window: this.#parts.windowBytes })
  }

  onAttached(attached: Attached): void {
    const [client, shell] = [this.#client, this.#shell]
    if (!client || shell === null || this.#state.phase === 'closed') return
    const generation = generationOf(client, shell)
    // What was typed for a shell that is gone is not for this one; what was typed before there was any is.
    if (this.#generation !== '' && generation !== this.#generation) this.#typed.clear()
    this.#generation = generation
    this.#received = attached.from
    this.#acknowledged = attached.from
    this.#parts.events.onAttached({ ...attached, generation })
    const { columns, rows } = this.#parts.size()
    if (columns !== attached.columns || rows !== attached.rows) client.resize(shell, columns, rows)
    for (const typed of this.#typed.all()) client.input(shell, typed)
    this.#enter({ phase: 'running' })
  }

  onOutput(offset: number, bytes: Buffer): void {
    if (offset !== this.#received) {
      this.#client?.cut(new Error(`output at ${offset} where ${this.#received} was to come`))
      return
    }
    this.#received += bytes.length
    this.#parts.events.onOutput(offset, bytes)
  }

  onAccepted(writer: number, sequence: number): void {
    this.#typed.accepted(writer, sequence)
    this.#parts.events.onAccepted(writer, sequence)
  }

  onExited({ exitCode, signal }: ShellExit): void {
    this.#typed.clear()
    this.#enter({ phase: 'exited', exitCode, signal })
  }

  #enter(state: TerminalState): void {
    this.#state = state
    this.#parts.events.onState(state)
  }
}

/** The life of one shell: another keeper or another number is another shell. */
const generationOf = (client: KeeperClient, shell: number) => `${client.keeper}.${shell}`

const bodyOf = (error: unknown): ErrorBody =>
  error instanceof LabError ? error.toBody() : { code: 'TERMINAL_LOST', values: {}, detail: String(error) }
