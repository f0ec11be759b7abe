import type { IncomingMessage } from 'node:http'
import { LARGEST_BODY_BYTES, tooLarge } from '../api/wire/body.js'
import { failure } from '../objects/status.js'

/** Of all bodies that one cluster holds at the same time, read or being read; upstream bounds the requests under way. */
const MOST_HELD_BYTES = 64 * 1024 * 1024

/** At most what is read of it; a body that comes in chunks may be as long as any. */
function expectedBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding']) return LARGEST_BODY_BYTES
  return Math.min(Number(headers['content-length'] ?? 0), LARGEST_BODY_BYTES)
}

/** The bodies of the requests of one cluster. */
export class Intake {
  #held = 0

  /** Reads the body, and holds it until `work` is done. @throws ApiError 413 as soon as it is too long, 429 where too many are held */
  async hold<T>(request: IncomingMessage, work: (body: Uint8Array) => Promise<T>): Promise<T> {
    const bytes = expectedBytes(request)
    if (this.#held + bytes > MOST_HELD_BYTES) throw failure.tooManyRequests('Too many requests, please try again later.', 1)
    this.#held += bytes
    try {
      return await work(await readAll(request))
    } finally {
      this.#held -= bytes
    }
  }
}

/** @throws ApiError 413 as soon as it is too long */
function readAll(request: IncomingMessage): Promise<Uint8Array> {
  const length = Number(request.headers['content-length'])
  return length <= LARGEST_BODY_BYTES ? readWhole(request) : readCounting(request)
}

/** One whose length is known, as nearly all are, without an iterator's promises for each piece. */
function readWhole(request: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', reject)
    // Every request closes: an error, whose stack costs, is made for those that were cut alone.
    request.on('close', () => request.complete || reject(new Error('the client has gone')))
  })
}

async function readCounting(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
