/** How many writes a core does: over HTTPS from another process, and from a component in the same one; every write in the journal. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Figure } from '../../../bench/figures.js'
import { Journal } from '../journal.js'
import { timed } from './api.js'
import { end, serve } from './one-cluster.js'

/** Works compiled alone, as benches do. */
const WRITER = fileURLToPath(new URL('./writer.js', import.meta.url))
const SAID = 2000

/** Milliseconds of one core that this process has used. */
function usedMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

export async function writes(directory: string): Promise<Figure[]> {
  const served = await serve()
  await served.cluster.started
  const onError = (error: unknown) => {
    throw error
  }
  const journal = await Journal.start(directory, 'bench', served.cluster, { onError })
  const over = await overHttps(served.kubeconfig)
  const client = served.cluster.client()
  const within = await timed(async () => {
    for (let index = 0; index < SAID; index++)
      await client.create('ConfigMap', { metadata: { name: `more-${index}`, namespace: 'default' }, data: { text: 'words' } })
  })
  await end(served)
  await journal.close()
  return [
    { name: `${SAID} writes over HTTPS, time of a core that the server takes`, value: over.coreMs, unit: 'ms', goal: 1000 },
    { name: 'the same, by the clock, the client in another process', value: over.wallMs, unit: 'ms', goal: null },
    { name: `the first ${SAID} writes over HTTPS, of a server that has just begun`, value: over.coldMs, unit: 'ms', goal: null },
    { name: `${SAID} writes of a component`, value: within, unit: 'ms', goal: 1000 },
  ]
}

/** Milliseconds: of a core for the first writes, which warm both sides up; of a core and by the clock for as many of those after them. */
async function overHttps(kubeconfig: string): Promise<{ coldMs: number; coreMs: number; wallMs: number }> {
  const child = fork(WRITER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const said = (word: string) => new Promise<void>((resolve) => child.on('message', (heard) => heard === word && resolve()))
  try {
    const [warm, done] = [said('warm'), said('done')]
    const begun = usedMs()
    child.send({ kubeconfig, writes: SAID })
    await warm
    const warmedUp = usedMs()
    const wallMs = await timed(() => done)
    return { coldMs: warmedUp - begun, coreMs: (usedMs() - warmedUp) / 2, wallMs: wallMs / 2 }
  } finally {
    child.kill()
  }
}
