/** What the terminals need of the rest of the server. */
import type { EnvironmentId, TerminalId } from '@wheelhouse/protocol'
import type { Environment } from '../engines/engine.js'

/** The environments, as far as a terminal looks at them. */
export interface EnvironmentAccess {
  /** @throws LabError `ENVIRONMENT_NOT_READY`, `NOT_FOUND` */
  open(id: EnvironmentId): Promise<Environment>
  /** Somebody works in it. */
  touch(id: EnvironmentId): void
}

export interface TerminalLog {
  warn(fields: object, text: string): void
}

/** Where a terminal's screen rests while nobody looks at it and while the server or the machine is down. */
export interface ScreenArchive {
  load(id: TerminalId): Promise<ArchivedScreen | null>
  save(id: TerminalId, screen: ArchivedScreen): Promise<void>
  remove(id: TerminalId): Promise<void>
}

/** The screen as it was at `offset` of the generation's output. */
export interface ArchivedScreen {
  generation: string
  offset: number
  columns: number
  rows: number
  screen: string
}

/**
 * Hears everything that passes through a terminal, in order: what recording will be made of. Times are the server's.
 * Output comes once, also where it is replayed to viewers; what a shell printed while no server was there comes late.
 */
export interface TerminalTap {
  onOutput(terminal: TerminalId, bytes: Uint8Array, atMs: number): void
  onInput(terminal: TerminalId, bytes: Uint8Array, atMs: number): void
  onResize(terminal: TerminalId, size: { columns: number; rows: number }, atMs: number): void
}
