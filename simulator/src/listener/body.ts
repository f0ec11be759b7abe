import type { IncomingMessage } from 'node:http'
import { LARGEST_BODY_BYTES, tooLarge } from '../api/wire/body.js'

/** @throws ApiError 413 as soon as it is too long */
export function readAll(request: IncomingMessage): Promise<Uint8Array> {
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
