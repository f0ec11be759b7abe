/** Lets another process, such as a browser journey, decide how the steps of a FakeEngine go. */
import { watch } from 'node:fs'
import { access, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandFailed } from '../step-reporter.js'
import type { FakeEngineOptions } from './fake-engine.js'

/**
 * While `FOLDER/hold-STEP` exists, the step lasts. Where `FOLDER/fail-STEP` exists, it fails, with that file's text as the output of
 * its command.
 */
export function scriptedSteps(folder: string): NonNullable<FakeEngineOptions['duringStep']> {
  return async (step, _id, signal) => {
    await mkdir(folder, { recursive: true })
    await untilGone(folder, `hold-${step}`, signal)
    const output = await readFile(join(folder, `fail-${step}`), 'utf8').catch(() => null)
    if (output !== null) throw new CommandFailed(['kind', 'create', 'cluster', '--name', 'wheelhouse'], 1, output)
  }
}

function untilGone(folder: string, name: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      watcher.close()
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const abort = () => end(() => reject(signal?.reason))
    const look = () => access(join(folder, name)).catch(() => end(resolve))
    const watcher = watch(folder, () => void look())
    watcher.on('error', (error) => end(() => reject(error)))
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    else void look()
  })
}
