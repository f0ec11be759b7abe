/** Every terminal of this server: their rows, the ones in use, and the channels to their machines. */
import { type EnvironmentId, LabError, type MachineUser, type TerminalId, type TerminalView } from '@wheelhouse/protocol'
import type { Clock } from '../clock.js'
import type { TerminalRecord, TerminalRepository } from '../store/repositories/terminals.js'
import { MachineLink } from './machine-link.js'
import type { EnvironmentAccess, ScreenArchive, TerminalLog, TerminalTap } from './parts.js'
import { Terminal } from './terminal.js'

export interface TerminalsParts {
  rows: TerminalRepository
  environments: EnvironmentAccess
  archive: ScreenArchive
  clock: Clock
  log: TerminalLog
  /** Ids for new terminals. */
  newId: () => string
  tap?: TerminalTap
}

/** More tabs than anybody keeps apart; a bound so that a script cannot fill a machine with shells. */
export const MOST_TERMINALS = 32
/** So long after the last viewer, the server lets go of the screen; it is brought back when somebody looks again. */
const REST_AFTER_MS = 5 * 60_000

export class Terminals {
  readonly #parts: TerminalsParts
  readonly #inUse = new Map<TerminalId, Promise<Terminal>>()
  readonly #links = new Map<string, MachineLink>()
  readonly #resting = new Map<TerminalId, () => void>()

  constructor(parts: TerminalsParts) {
    this.#parts = parts
  }

  /** Those that are open, oldest first. */
  async list(environment: EnvironmentId): Promise<TerminalView[]> {
    const records = await this.#parts.rows.ofEnvironment(environment)
    return records.filter((record) => record.endedAtMs === null).map(viewOf)
  }

  /** @throws LabError `NOT_FOUND` where there is none, or it was closed */
  async byId(id: TerminalId): Promise<TerminalRecord> {
    const record = await this.#parts.rows.byId(id)
    if (!record || record.endedAtMs !== null) throw new LabError('NOT_FOUND')
    return record
  }

  /**
   * A new terminal on a machine. Its shell starts at once, while the page draws the place where it will be seen.
   *
   * @throws LabError `ENVIRONMENT_NOT_READY`, `NOT_FOUND` where it has no such machine, or none with a shell, `TERMINALS_FULL`
   */
  async open(environment: EnvironmentId, machine: string, user: MachineUser = 'candidate'): Promise<TerminalView> {
    const { machines } = await this.#parts.environments.open(environment)
    if (!machines.some(({ name, shell }) => name === machine && shell !== false)) throw new LabError('NOT_FOUND')
    const others = await this.list(environment)
    if (others.length >= MOST_TERMINALS) throw new LabError('TERMINALS_FULL', { limit: MOST_TERMINALS })
    const record: TerminalRecord = {
      id: this.#parts.newId() as TerminalId,
      environment,
      machine,
      user,
      title: freeTitle(machine, others),
      createdAtMs: this.#parts.clock.now(),
      endedAtMs: null,
    }
    await this.#parts.rows.add(record)
    // Whoever looks at it hears what goes wrong; where nobody comes, it rests.
    this.use(record).catch(() => undefined)
    this.#restLater(record)
    return viewOf(record)
  }

  async rename(id: TerminalId, title: string): Promise<TerminalView> {
    const record = await this.byId(id)
    await this.#parts.rows.update(id, { title })
    return viewOf({ ...record, title })
  }

  /** Ends its shell. Where the machine cannot be reached the shell has ended or ends with it. */
  async close(id: TerminalId): Promise<void> {
    const record = await this.byId(id)
    const terminal = await this.use(record)
    await this.#parts.rows.update(id, { endedAtMs: this.#parts.clock.now() })
    this.#forget(record)
    await terminal.close()
  }

  /** The terminal at work; brought back from its row where it rests. */
  use(record: TerminalRecord): Promise<Terminal> {
    this.#stayAwake(record.id)
    const known = this.#inUse.get(record.id)
    if (known) return known
    const { archive, clock, log, tap, environments } = this.#parts
    const opening = Terminal.open({
      ...{ record, archive, clock, log, tap },
      link: this.#link(record),
      onActivity: () => environments.touch(record.environment),
      onDeserted: () => this.#restLater(record),
    })
    this.#inUse.set(record.id, opening)
    opening.catch(() => this.#inUse.delete(record.id))
    return opening
  }

  /** The environment has started, or is there again: its machines are worth another attempt at once. */
  environmentStarted(environment: EnvironmentId): void {
    for (const [key, link] of this.#links) if (key.startsWith(`${environment}/`)) link.retryNow()
  }

  /** The environment is gone for good, and its shells with it. */
  async environmentDeleted(environment: EnvironmentId): Promise<void> {
    for (const record of await this.#parts.rows.ofEnvironment(environment)) {
      if (record.endedAtMs !== null) continue
      await this.#parts.rows.update(record.id, { endedAtMs: this.#parts.clock.now() })
      const terminal = await this.#inUse.get(record.id)
      this.#forget(record)
      if (terminal) await terminal.close()
      else await this.#parts.archive.remove(record.id)
    }
  }

  /** Keeps every screen and lets go of every shell; the next server finds them. */
  async leave(): Promise<void> {
    for (const cancel of this.#resting.values()) cancel()
    const terminals = [...this.#inUse.values()]
    this.#inUse.clear()
    await Promise.all(terminals.map(async (terminal) => (await terminal).leave()))
  }

  #link({ environment, machine }: TerminalRecord): MachineLink {
    const key = `${environment}/${machine}`
    const known = this.#links.get(key)
    if (known) return known
    const { environments, clock, log } = this.#parts
    const link = new MachineLink({
      openChannel: async () => (await environments.open(environment)).openKeeper(machine),
      clock,
      onTrouble: (error) => log.warn({ err: error, environment, machine }, 'the channel to a keeper is cut'),
    })
    this.#links.set(key, link)
    return link
  }

  #stayAwake(id: TerminalId): void {
    this.#resting.get(id)?.()
    this.#resting.delete(id)
  }

  #restLater(record: TerminalRecord): void {
    this.#stayAwake(record.id)
    const cancel = this.#parts.clock.after(REST_AFTER_MS, () => void this.#rest(record))
    this.#resting.set(record.id, cancel)
  }

  async #rest(record: TerminalRecord): Promise<void> {
    const terminal = await this.#inUse.get(record.id)
    if (!terminal?.isDeserted) return
    this.#forget(record)
    await terminal.leave()
  }

  #forget({ id, environment, machine }: TerminalRecord): void {
    this.#stayAwake(id)
    this.#inUse.delete(id)
    const key = `${environment}/${machine}`
    if (this.#links.get(key)?.isUsed === false) this.#links.delete(key)
  }
}

export const viewOf = ({ id, environment, machine, user, title, createdAtMs }: TerminalRecord): TerminalView => ({
  ...{ id, environment, machine, title, createdAtMs },
  user: user === 'root' ? 'root' : 'candidate',
})

/** `base`, then `base 2`, `base 3`. */
function freeTitle(machine: string, others: readonly { title: string }[]): string {
  const taken = new Set(others.map(({ title }) => title))
  if (!taken.has(machine)) return machine
  for (let number = 2; ; number++) if (!taken.has(`${machine} ${number}`)) return `${machine} ${number}`
}
