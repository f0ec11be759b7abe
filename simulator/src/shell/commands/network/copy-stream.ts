import type { ResponseStream } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'

/** What comes piece by piece is shown as it comes, until it ends or `signal` says that it is enough. @returns how many bytes came */
export async function copyStream({ stdout }: Process, stream: ResponseStream, signal: AbortSignal): Promise<number> {
  const close = () => stream.close()
  signal.addEventListener('abort', close, { once: true })
  let size = 0
  for (let data = signal.aborted ? null : await stream.read(); data !== null && !stdout.broken; data = await stream.read()) {
    size += data.length
    await stdout.write(data)
  }
  signal.removeEventListener('abort', close)
  close()
  return size
}
