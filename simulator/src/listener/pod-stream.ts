import type { Duplex } from 'node:stream'
import type { PodStream } from '../api/connections.js'
import { fromBytes, toBytes } from '../containers/stream.js'
import { writeTo } from './write-to.js'

/** Carries bytes both ways between a client's stream and a port of a Pod, until either goes away. */
export function join(stream: Duplex, there: PodStream): void {
  stream.on('close', () => there.close())
  void out(stream, there)
  void back(stream, there)
}

async function out(stream: Duplex, there: PodStream): Promise<void> {
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) await there.write(fromBytes(chunk as Buffer))
    there.end()
  } catch {
    there.close()
  }
}

async function back(stream: Duplex, there: PodStream): Promise<void> {
  for (let data = await there.read(); data !== null && !stream.destroyed; data = await there.read())
    await writeTo(stream, toBytes(data))
  stream.end()
}
