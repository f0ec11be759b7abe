/** Keeps the channel to one machine's keeper open for as long as a terminal wants it; one channel carries all its terminals. */
import { LabError } from '@wheelhouse/protocol'
import type { Clock } from '../clock.js'
import type { KeeperChannel } from '../engines/engine.js'
import { KeeperClient } from './keeper-client.js'

/** Why a machine cannot be reached: its environment does not run, or it runs and does not answer. */
export type Unreachable = 'machine-stopped' | 'no-answer'

export interface LinkMember {
  /** A channel is open; whatever the one before was asked and did not answer is to be asked again. */
  handleConnected(client: KeeperClient): void
  /** The channel is cut, or could not be opened. Comes again after each vain attempt. */
  handleDisconnected(why: Unreachable): void
}

export interface MachineLinkParts {
  /** @throws LabError `ENVIRONMENT_NOT_READY`, `NOT_FOUND` where the environment does not run */
  openChannel: () => Promise<KeeperChannel>
  clock: Clock
  /** Hears of each cut and failed attempt. */
  onTrouble: (error: unknown) => void
}

/** The first attempt after a cut comes at once; the further ones wait longer and longer, up to the last of these. */
const RETRY_MS = [0, 100, 250, 500, 1_000, 2_000, 5_000]
/** A channel that is silent for two of these is cut: `docker exec` may hang without ending. */
const BEAT_MS = 5_000

type Phase =
  | { name: 'idle' }
  | { name: 'connecting' }
  | { name: 'connected'; client: KeeperClient; stopBeat: () => void }
  | { name: 'waiting'; cancel: () => void }

export class MachineLink {
  readonly #members = new Set<LinkMember>()
  #phase: Phase = { name: 'idle' }
  #attempt = 0

  constructor(readonly parts: MachineLinkParts) {}

  get isUsed(): boolean {
    return this.#members.size > 0
  }

  join(member: LinkMember): void {
    this.#members.add(member)
    if (this.#phase.name === 'connected') member.handleConnected(this.#phase.client)
    else if (this.#phase.name === 'idle') void this.#connect()
  }

  /** The channel is let go with the last member. */
  leave(member: LinkMember): void {
    this.#members.delete(member)
    // An attempt under way finds out by itself that nobody waits for it any more.
    if (this.isUsed || this.#phase.name === 'connecting') return
    const phase = this.#enter({ name: 'idle' })
    if (phase.name === 'connected') phase.client.close()
  }

  /** Something has changed that makes an attempt worth its while: the environment has started. */
  retryNow(): void {
    this.#attempt = 0
    if (this.#phase.name === 'waiting') void this.#connect()
  }

  #enter(next: Phase): Phase {
    const before = this.#phase
    if (before.name === 'waiting') before.cancel()
    if (before.name === 'connected') before.stopBeat()
    this.#phase = next
    return before
  }

  async #connect(): Promise<void> {
    this.#enter({ name: 'connecting' })
    try {
      const channel = await this.parts.openChannel()
      let connected: KeeperClient | null = null
      const client = await KeeperClient.connect(channel, (error) => this.#handleCut(connected, error))
      connected = client
      if (!this.isUsed) {
        client.close()
        this.#enter({ name: 'idle' })
        return
      }
      this.#attempt = 0
      this.#enter({ name: 'connected', client, stopBeat: this.#beat(client) })
      for (const member of [...this.#members]) member.handleConnected(client)
    } catch (error) {
      this.#handleTrouble(error)
    }
  }

  #handleCut(client: KeeperClient | null, error: Error): void {
    if (this.#phase.name === 'connected' && this.#phase.client === client) this.#handleTrouble(error)
  }

  #handleTrouble(error: unknown): void {
    if (!this.isUsed) {
      this.#enter({ name: 'idle' })
      return
    }
    this.parts.onTrouble(error)
    const wait = RETRY_MS[Math.min(this.#attempt++, RETRY_MS.length - 1)] ?? 0
    this.#enter({ name: 'waiting', cancel: this.parts.clock.after(wait, () => void this.#connect()) })
    for (const member of [...this.#members]) member.handleDisconnected(whyOf(error))
  }

  /** Asks every few seconds whether the keeper is still there. */
  #beat(client: KeeperClient): () => void {
    let answered = true
    let cancel = () => {}
    const beat = () => {
      if (!answered) {
        client.cut(new Error(`the keeper is silent for ${BEAT_MS} ms`))
        return
      }
      answered = false
      client.ping().then(
        () => {
          answered = true
        },
        () => {},
      )
      cancel = this.parts.clock.after(BEAT_MS, beat)
    }
    cancel = this.parts.clock.after(BEAT_MS, beat)
    return () => cancel()
  }
}

const STOPPED = new Set(['ENVIRONMENT_NOT_READY', 'ENVIRONMENT_BROKEN', 'NOT_FOUND'])
const whyOf = (error: unknown): Unreachable =>
  error instanceof LabError && STOPPED.has(error.code) ? 'machine-stopped' : 'no-answer'
