/**
 * The client of the bench of writes, in a process of its own: what it costs is not the server's. Told where, it says `warm` when a server
 * that has just begun has done as many writes as asked, and `done` when it has done them twice over again.
 */
import { BenchApi } from './api.js'

const PATH = '/api/v1/namespaces/default/configmaps'
const WRITERS = 16

async function write(api: BenchApi, name: string, count: number): Promise<void> {
  let next = 0
  const writer = async () => {
    for (let index = next++; index < count; index = next++)
      await api.ask(PATH, { method: 'POST', body: { metadata: { name: `${name}-${index}` }, data: { text: 'words' } } })
  }
  await Promise.all(Array.from({ length: WRITERS }, writer))
}

process.on('message', ({ kubeconfig, writes }: { kubeconfig: string; writes: number }) => {
  const api = new BenchApi(kubeconfig)
  const work = async () => {
    await write(api, 'first', writes)
    process.send?.('warm')
    await write(api, 'note', 2 * writes)
    process.send?.('done')
  }
  void work()
})
process.on('disconnect', () => process.exit(0))
