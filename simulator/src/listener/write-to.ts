import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Resolves when more may be written, or nobody is there any more. */
export async function writeTo(stream: Writable | undefined, bytes: Uint8Array): Promise<void> {
  if (!stream || stream.destroyed || stream.write(bytes)) return
  await Promise.race([once(stream, 'drain'), once(stream, 'close')])
}
