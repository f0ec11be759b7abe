/**
 * Terminals: their rows over HTTP, and the socket of one viewer, `GET /api/terminals/:terminal/socket`.
 *
 * Text messages are JSON of the schemas below. Binary messages are bytes of the shell after an 8-byte big-endian number: from the
 * server, output with the offset of its first byte; to the server, input with its sequence, the count of bytes that this writer
 * (one open page) has typed before. Offsets belong to a generation: the life of one shell. A viewer that reconnects names the
 * generation and offset it has; it is sent what follows, or the whole screen where that is not there any more.
 */
import Type, { type Static } from 'typebox'
import { ErrorBody } from './errors.js'
import { LANGUAGES } from './words.js'

export const MachineUser = Type.Enum(['candidate', 'root'])
export type MachineUser = Static<typeof MachineUser>

export const TerminalView = Type.Object({
  id: Type.String(),
  environment: Type.String(),
  machine: Type.String(),
  user: MachineUser,
  title: Type.String(),
  createdAtMs: Type.Number(),
})
export type TerminalView = Static<typeof TerminalView>

// GET /api/environments/:environment/terminals
export const TerminalsView = Type.Object({ terminals: Type.Array(TerminalView) })
export type TerminalsView = Static<typeof TerminalsView>
// POST /api/environments/:environment/terminals · PATCH /api/terminals/:terminal {title} · DELETE /api/terminals/:terminal
export const OpenTerminal = Type.Object(
  { machine: Type.String({ maxLength: 63 }), user: Type.Optional(MachineUser) },
  { additionalProperties: false },
)
export type OpenTerminal = Static<typeof OpenTerminal>
export const RenameTerminal = Type.Object(
  { title: Type.String({ minLength: 1, maxLength: 60 }) },
  { additionalProperties: false },
)

/** What a person sees in the state chip. */
export const TerminalState = Type.Union([
  Type.Object({ phase: Type.Literal('connecting') }),
  Type.Object({ phase: Type.Literal('running') }),
  Type.Object({
    phase: Type.Literal('exited'),
    exitCode: Type.Integer({ description: '128 + signal number where a signal ended it' }),
    signal: Type.Union([Type.Integer(), Type.Null()]),
  }),
  Type.Object({
    phase: Type.Literal('unreachable'),
    why: Type.Enum(['machine-stopped', 'no-answer'], { description: 'machine-stopped comes back when the environment starts' }),
  }),
  Type.Object({ phase: Type.Literal('refused'), error: ErrorBody }),
  Type.Object({ phase: Type.Literal('closed') }),
])
export type TerminalState = Static<typeof TerminalState>

const columns = Type.Integer({ minimum: 2, maximum: 1000 })
const rows = Type.Integer({ minimum: 1, maximum: 1000 })
const counted = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Colour = Type.String({ pattern: '^#[0-9a-fA-F]{6}$' })

/** From a viewer. `hello` is the first, once. */
export const ViewerMessage = Type.Union([
  Type.Object({
    type: Type.Literal('hello'),
    /** Random, chosen by the page when it opens the terminal, kept over reconnects. */
    writer: counted,
    columns,
    rows,
    language: Type.Enum([...LANGUAGES]),
    /** What a program that asks for the terminal's colours is told. */
    foreground: Colour,
    background: Colour,
    /** What the viewer has on its screen already. */
    at: Type.Optional(Type.Object({ generation: Type.String({ maxLength: 100 }), offset: counted })),
  }),
  Type.Object({ type: Type.Literal('resize'), columns, rows }),
  /** Everything before `offset` is on the screen. */
  Type.Object({ type: Type.Literal('ack'), offset: counted }),
  /** A new shell in the place of one that has ended. */
  Type.Object({ type: Type.Literal('restart') }),
])
export type ViewerMessage = Static<typeof ViewerMessage>

export const VIEWER_MODES = ['interactive', 'read-only'] as const
export type ViewerMode = (typeof VIEWER_MODES)[number]

/** To a viewer. */
export type TerminalMessage =
  | { type: 'welcome'; mode: ViewerMode; state: TerminalState }
  /** Output goes on at `offset`, which is what the viewer had. */
  | { type: 'resume'; generation: string; offset: number; columns: number; rows: number }
  /** The screen and its scrollback as they were at `offset`, to be written at this size into an empty terminal. */
  | { type: 'snapshot'; generation: string; offset: number; columns: number; rows: number; screen: string }
  /** The terminal's size; `leads` where this viewer's window decides it. */
  | { type: 'size'; columns: number; rows: number; leads: boolean }
  | { type: 'state'; state: TerminalState }
  /** The shell was given everything that this writer sent before `sequence`. */
  | { type: 'accepted'; sequence: number }
  /** Every `BEAT_MS`, so that a viewer knows that it still hears the server. */
  | { type: 'beat' }

export const BEAT_MS = 5_000

/**
 * How far a page has drawn and a shell has read is told at once after so many bytes, else within this time: a key that is typed or
 * printed needs no message of its own. Less than a quarter of the windows that wait for these answers.
 */
export const PROGRESS = { bytes: 16 * 1024, delayMs: 100 } as const

/** Puts the number before the bytes of a binary message. */
export function numbered(number: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(8 + bytes.length)
  new DataView(message.buffer).setBigUint64(0, BigInt(number))
  message.set(bytes, 8)
  return message
}

/** @returns null where the message is too short to hold a number */
export function readNumbered(message: Uint8Array): { number: number; bytes: Uint8Array } | null {
  if (message.length < 8) return null
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  return { number: Number(view.getBigUint64(0)), bytes: message.subarray(8) }
}
