import type { IncomingMessage } from 'node:http'
import { LARGEST_BODY_BYTES, tooLarge } from '../api/wire/body.js'

/** @throws ApiError 413 as soon as it is too long */
export async function readAll(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
