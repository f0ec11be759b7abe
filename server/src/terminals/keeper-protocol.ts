/**
 * The bytes between the server and the keeper of a machine, in both directions of one channel.
 *
 * A frame is `u32 length`, `u8 type`, `u32 shell`, payload; numbers are big-endian and `length` counts what follows it. Where a
 * frame asks for something, `shell` is a number of the asker's that the answer repeats. Payloads are raw bytes after fixed
 * numbers, or fields: `name=value` texts joined by NUL bytes, as in /proc/PID/environ, so that the keeper on a machine needs no
 * JSON. Offsets count the bytes that a shell has printed since it started; sequences count the bytes that one writer has typed.
 * `server/images/rootfs/usr/local/bin/wheelhouse-keeper` and `local-keeper/` speak it; `keeper-contract.ts` holds them to it.
 */

export const KEEPER_PROTOCOL_VERSION = 1

export const FrameType = {
  /** fields key, user, cwd?, columns, rows, env.NAME*, argv.N*: a shell of that key is made, or found where it is. */
  open: 1,
  /** u64 from, u32 window: sends output from there on, never more than `window` bytes beyond what was acknowledged. */
  attach: 2,
  detach: 3,
  /** u64 writer, u64 sequence, bytes: what that writer sent before is left out, so a resend never doubles. */
  input: 4,
  /** u16 columns, u16 rows */
  resize: 5,
  /** u64 offset: everything before it has been dealt with. */
  ack: 6,
  /** Hangs up on the shell and forgets it. */
  close: 7,
  list: 8,
  ping: 9,
  /** Ends every shell, then the keeper. */
  shutdown: 10,
  /** Local keeper only: fields USER.argv.N, USER.env.NAME, USER.cwd say what a shell of that user is from now on. */
  shells: 11,
  /** Local keeper only: field socket, the path of a further keeper in the same process; answered by `opened` or `refused`. */
  keeper: 12,

  /** fields version, keeper: who answers; another `keeper` than before means that the machine has started anew. */
  hello: 65,
  /** fields shell, existing */
  opened: 66,
  /** fields code, text */
  refused: 67,
  /** fields from, end, columns, rows: `from` is later than asked for where the ring has lost what was before. */
  attached: 68,
  /** u64 offset, bytes */
  output: 69,
  /** u64 writer, u64 sequence: every byte before it has been given to the shell. */
  accepted: 70,
  /** fields exitCode, signal, end: after the last output. */
  exited: 71,
  /** fields shell, key, end, columns, rows: one frame a shell, then `listed`. */
  shell: 72,
  listed: 73,
  pong: 74,
  closed: 75,
} as const
export type FrameType = (typeof FrameType)[keyof typeof FrameType]

/** The most that a keeper keeps of one shell's output. A shell that printed more while nobody read it has lost its oldest bytes. */
export const RING_BYTES = 1024 * 1024
/** Largest payload of one output or input frame. */
export const MOST_FRAME_DATA_BYTES = 64 * 1024
/** Larger ones are not ours: the channel carries something else, and is cut. */
const MOST_FRAME_BYTES = 1024 * 1024
const LENGTH_BYTES = 4
const HEAD_BYTES = 9

export interface Frame {
  type: number
  shell: number
  payload: Buffer
}

export function encodeFrame(type: FrameType, shell: number, ...parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const frame = Buffer.allocUnsafe(HEAD_BYTES + size)
  frame.writeUInt32BE(5 + size, 0)
  frame.writeUInt8(type, 4)
  frame.writeUInt32BE(shell, 5)
  let at = HEAD_BYTES
  for (const part of parts) {
    frame.set(part, at)
    at += part.length
  }
  return frame
}

export function u64(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(8 * values.length)
  values.forEach((value, index) => {
    bytes.writeBigUInt64BE(BigInt(value), 8 * index)
  })
  return bytes
}

/** The number at `at`; offsets stay far below 2^53. */
export const readU64 = (payload: Buffer, at = 0): number => Number(payload.readBigUInt64BE(at))

export function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function sizeBytes(columns: number, rows: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt16BE(columns, 0)
  bytes.writeUInt16BE(rows, 2)
  return bytes
}

export type Fields = Record<string, string | number | undefined>

/** @throws Error where a name or value holds a NUL byte, which no path, argument or variable can */
export function encodeFields(fields: Fields): Buffer {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  const texts = entries.map(([name, value]) => `${name}=${value}`)
  if (texts.some((text) => text.includes('\0'))) throw new Error('a field holds a NUL byte')
  return Buffer.from(texts.join('\0'))
}

export function decodeFields(payload: Buffer): Record<string, string> {
  const fields: Record<string, string> = {}
  if (payload.length === 0) return fields
  for (const text of payload.toString().split('\0')) {
    const equals = text.indexOf('=')
    if (equals > 0) fields[text.slice(0, equals)] = text.slice(equals + 1)
  }
  return fields
}

/** The values of `PREFIX.0`, `PREFIX.1`, ... in order. */
export function listField(fields: Record<string, string>, prefix: string): string[] {
  const values: string[] = []
  for (let index = 0; ; index++) {
    const value = fields[`${prefix}.${index}`]
    if (value === undefined) return values
    values.push(value)
  }
}

/** The fields below `PREFIX.` as a map. */
export function mapField(fields: Record<string, string>, prefix: string): Record<string, string> {
  const inside = Object.entries(fields).filter(([name]) => name.startsWith(`${prefix}.`))
  return Object.fromEntries(inside.map(([name, value]) => [name.slice(prefix.length + 1), value]))
}

/**
 * Puts a stream of chunks together into frames. What lies whole in a chunk stays where it is; a frame that is cut in two is the only
 * one that is copied: a flood passes here, and memory that it leaves behind is not given back at once.
 */
export class FrameDecoder {
  /** The beginning of a frame, as long as its length is not known; then its bytes as far as they have come. */
  #head: Buffer = Buffer.alloc(0)
  #cut: { frame: Buffer; filled: number } | null = null

  /** @throws Error where the bytes are no frames; the channel is of no use any more */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    let rest = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
    this.#head = Buffer.alloc(0)
    if (this.#cut) rest = this.#fill(this.#cut, rest, frames)
    while (rest.length >= LENGTH_BYTES) {
      const size = LENGTH_BYTES + lengthIn(rest)
      if (rest.length < size) {
        const frame = Buffer.allocUnsafeSlow(size)
        this.#cut = { frame, filled: rest.copy(frame) }
        return frames
      }
      frames.push(frameIn(rest.subarray(0, size)))
      rest = rest.subarray(size)
    }
    // A copy: the few bytes would keep the whole chunk.
    this.#head = Buffer.from(rest)
    return frames
  }

  /** @returns what is left of the chunk */
  #fill(cut: { frame: Buffer; filled: number }, chunk: Buffer, frames: Frame[]): Buffer {
    const taken = chunk.copy(cut.frame, cut.filled)
    cut.filled += taken
    if (cut.filled === cut.frame.length) {
      frames.push(frameIn(cut.frame))
      this.#cut = null
    }
    return chunk.subarray(taken)
  }
}

function lengthIn(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0)
  if (length < HEAD_BYTES - LENGTH_BYTES || length > MOST_FRAME_BYTES)
    throw new Error(`a frame of ${length} bytes is none of the keeper protocol`)
  return length
}

const frameIn = (bytes: Buffer): Frame => ({
  type: bytes.readUInt8(LENGTH_BYTES),
  shell: bytes.readUInt32BE(LENGTH_BYTES + 1),
  payload: bytes.subarray(HEAD_BYTES),
})
