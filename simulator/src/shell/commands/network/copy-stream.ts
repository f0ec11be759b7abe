import { FileError } from '../../../containers/file-system.js'
import type { ResponseStream } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { nowhere, type Sink } from '../../../containers/stream.js'
import { resolve } from '../command.js'

/** Passes on what comes piece by piece as it comes, until it ends or `signal` says that it is enough. @returns how many bytes came */
export async function copyStream(to: Sink, stream: ResponseStream, signal: AbortSignal): Promise<number> {
  const close = () => stream.close()
  signal.addEventListener('abort', close, { once: true })
  let size = 0
  try {
    for (let data = signal.aborted ? null : await stream.read(); data !== null && !to.broken; data = await stream.read()) {
      size += data.length
      await to.write(data)
    }
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
  return size
}

/** An empty file that takes what is written. @throws FileError at once or later, where it has no room */
export function fileAt(process: Process, name: string): Sink {
  const { fs } = process.machine
  const path = resolve(process, name)
  if (path === '/dev/null') return nowhere
  fs.write(path, '')
  return { write: (data) => fs.write(path, data, { append: true }) }
}

/** As `strerror` has it; undefined where the error is of another kind. */
export const whyUnwritten = (error: unknown): string | undefined => (error instanceof FileError ? error.message : undefined)
