/**
 * Frames of SPDY/3.1, as far as Kubernetes' clients use them. They know no flow control (moby/spdystream sends no window updates), so
 * that what holds a fast sender back is the connection below, as in upstream.
 */
import type { Readable } from 'node:stream'
import { constants, createInflate, type Inflate } from 'node:zlib'
import { DICTIONARY } from './dictionary.js'

export const TYPE = { synStream: 1, synReply: 2, reset: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const
export const FIN = 1

export type Headers = Map<string, string>

export type Frame =
  | { type: 'data'; stream: number; isLast: boolean; bytes: Buffer }
  | { type: 'open'; stream: number; isLast: boolean; headers: Headers }
  | { type: 'reply'; stream: number; isLast: boolean }
  | { type: 'reset'; stream: number }
  | { type: 'ping'; id: number }
  | { type: 'goAway' }
  /** What has no meaning here, such as settings. */
  | { type: 'other' }

/** The other side does not speak SPDY/3.1. */
export class SpdyError extends Error {}

/** Larger than any frame of Go's clients, which write 32 KiB at a time. */
const LARGEST_FRAME_BYTES = 4 * 1024 * 1024
const LARGEST_HEADERS_BYTES = 64 * 1024
const MOST_HEADERS = 100

class HeaderReader {
  readonly #inflate: Inflate = createInflate({ dictionary: DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH })
  #found: Buffer[] = []
  #size = 0
  #failed: Error | undefined
  #fail = (_error: Error) => {}

  constructor() {
    this.#inflate.on('data', (bytes: Buffer) => {
      this.#size += bytes.length
      // Compressed noughts: a small frame may hold a great many headers.
      if (this.#size > LARGEST_HEADERS_BYTES) this.#end(new SpdyError('the headers of a stream are too long'))
      else this.#found.push(bytes)
    })
    this.#inflate.on('error', (error) => this.#end(new SpdyError(error.message)))
  }

  #end(error: Error): void {
    this.#failed ??= error
    this.#inflate.destroy()
    this.#fail(this.#failed)
  }

  /** All headers of a connection are one compressed stream: call it for each frame in order. @throws SpdyError */
  async read(block: Buffer): Promise<Headers> {
    if (this.#failed) throw this.#failed
    await new Promise<void>((resolve, reject) => {
      this.#fail = reject
      this.#inflate.write(block, () => resolve())
    })
    const plain = Buffer.concat(this.#found)
    this.#found = []
    this.#size = 0
    return parseHeaders(plain)
  }

  close(): void {
    this.#inflate.destroy()
  }
}

function parseHeaders(plain: Buffer): Headers {
  let at = 0
  const number = () => {
    if (at + 4 > plain.length) throw new SpdyError('a block of headers breaks off')
    at += 4
    return plain.readUInt32BE(at - 4)
  }
  const text = () => {
    const length = number()
    if (at + length > plain.length) throw new SpdyError('a block of headers breaks off')
    at += length
    return plain.toString('utf8', at - length, at)
  }
  const count = number()
  if (count > MOST_HEADERS) throw new SpdyError('a stream has too many headers')
  const headers: Headers = new Map()
  for (let index = 0; index < count; index++) {
    const name = text().toLowerCase()
    headers.set(name, text())
  }
  return headers
}

/**
 * The frames of a connection in order, until it ends. The next is read only when it is asked for: that holds the sender back.
 * @throws SpdyError for what is no SPDY
 */
export async function* readFrames(source: Readable): AsyncGenerator<Frame> {
  const headers = new HeaderReader()
  let waiting: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk])
      for (;;) {
        if (waiting.length < 8) break
        const length = waiting.readUIntBE(5, 3)
        if (length > LARGEST_FRAME_BYTES) throw new SpdyError(`a frame of ${length} bytes is too large`)
        if (waiting.length < 8 + length) break
        const frame = waiting.subarray(0, 8 + length)
        waiting = waiting.subarray(8 + length)
        yield await parseFrame(frame, headers)
      }
    }
  } finally {
    headers.close()
  }
}

async function parseFrame(frame: Buffer, headers: HeaderReader): Promise<Frame> {
  const first = frame.readUInt32BE(0)
  const isLast = ((frame[4] ?? 0) & FIN) !== 0
  const body = frame.subarray(8)
  if (first < 0x8000_0000) return { type: 'data', stream: first, isLast, bytes: body }
  const type = first & 0xffff
  const id = () => {
    if (body.length < 4) throw new SpdyError('a frame is too short')
    return body.readUInt32BE(0) & 0x7fff_ffff
  }
  switch (type) {
    case TYPE.synStream:
      return { type: 'open', stream: id(), isLast, headers: await headers.read(body.subarray(10)) }
    case TYPE.synReply:
      await headers.read(body.subarray(4))
      return { type: 'reply', stream: id(), isLast }
    case TYPE.headers:
      // Read for the state of the compression alone.
      await headers.read(body.subarray(4))
      return { type: 'other' }
    case TYPE.reset:
      return { type: 'reset', stream: id() }
    case TYPE.ping:
      return { type: 'ping', id: id() }
    case TYPE.goAway:
      return { type: 'goAway' }
    default:
      return { type: 'other' }
  }
}

function control(type: number, flags: number, body: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt16BE(0x8003, 0)
  head.writeUInt16BE(type, 2)
  head.writeUInt8(flags, 4)
  head.writeUIntBE(body.length, 5, 3)
  return Buffer.concat([head, body])
}

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

export function dataFrame(stream: number, bytes: Buffer, isLast = false): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(stream, 0)
  head.writeUInt8(isLast ? FIN : 0, 4)
  head.writeUIntBE(bytes.length, 5, 3)
  return Buffer.concat([head, bytes])
}

export const resetFrame = (stream: number, status: number): Buffer => control(TYPE.reset, 0, words(stream, status))
export const pingFrame = (id: number): Buffer => control(TYPE.ping, 0, words(id))
export const goAwayFrame = (lastStream: number): Buffer => control(TYPE.goAway, 0, words(lastStream, 0))

function adler32(bytes: Buffer): number {
  let [low, high] = [1, 0]
  for (const byte of bytes) {
    low = (low + byte) % 65_521
    high = (high + low) % 65_521
  }
  return high * 65_536 + low
}

/** zlib's head for a stream with a dictionary: 32 KiB window, no compression. */
const ZLIB_HEAD = Buffer.concat([Buffer.from([0x78, 0x20]), words(adler32(DICTIONARY))])
/** An empty stored block: what was before it is to be passed on. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff])

/** Writes headers as stored blocks: they are few and small, and nothing has to be waited for. */
export class HeaderWriter {
  #isFirst = true

  #block(headers: [string, string][]): Buffer {
    const text = (value: string) => Buffer.concat([words(Buffer.byteLength(value)), Buffer.from(value)])
    const plain = Buffer.concat([words(headers.length), ...headers.flatMap(([name, value]) => [text(name), text(value)])])
    const stored = Buffer.alloc(5)
    stored.writeUInt16LE(plain.length, 1)
    stored.writeUInt16LE(~plain.length & 0xffff, 3)
    const head = this.#isFirst ? ZLIB_HEAD : Buffer.alloc(0)
    this.#isFirst = false
    return Buffer.concat([head, stored, plain, FLUSH])
  }

  reply(stream: number): Buffer {
    return control(TYPE.synReply, 0, Buffer.concat([words(stream), this.#block([])]))
  }
  open(stream: number, headers: [string, string][]): Buffer {
    return control(TYPE.synStream, 0, Buffer.concat([words(stream, 0), Buffer.alloc(2), this.#block(headers)]))
  }
}
