import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SimulatedCluster } from '@wheelhouse/simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Journal, readJournal } from './journal.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wheelhouse-journal-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const onError = (error: unknown): never => {
  throw error
}
const make = () => SimulatedCluster.create({ shape: { controlPlanes: 1, workers: 0 }, apiOnly: true })
const note = (name: string, text: string) => ({ metadata: { name, namespace: 'default' }, data: { text } })
const journals = async () => (await readdir(directory)).filter((name) => name.endsWith('.journal'))

test('what was written is there for who never said goodbye', async () => {
  const cluster = await make()
  await Journal.start(directory, 'main', cluster, { onError })
  const client = cluster.client()
  await client.create('ConfigMap', note('kept', 'one'))
  await client.create('ConfigMap', note('gone', 'two'))
  await client.delete('ConfigMap', 'default/gone')
  await client.patch('ConfigMap', 'default/kept', { data: { text: 'three' } })

  const state = await readJournal(directory, 'main')
  expect(sorted(state)).toEqual(sorted(cluster.save()))
  const again = await SimulatedCluster.create({
    shape: { controlPlanes: 1, workers: 0 },
    apiOnly: true,
    ...(state ? { from: state } : {}),
  })
  expect((await again.client().get('ConfigMap', 'default/kept')).data).toEqual({ text: 'three' })
})

test('a line that was cut short is no line', async () => {
  const cluster = await make()
  await Journal.start(directory, 'main', cluster, { onError })
  await cluster.client().create('ConfigMap', note('whole', 'one'))
  const [file = ''] = await journals()
  await appendFile(join(directory, file), '{"v":99999,"r":"configmaps","k":"default/tor')
  expect(sorted(await readJournal(directory, 'main'))).toEqual(sorted(cluster.save()))
})

test('a long journal gives way to a snapshot, and a restored state stands in it', async () => {
  const cluster = await make()
  const journal = await Journal.start(directory, 'main', cluster, { onError, largestBytes: 2000 })
  const before = cluster.store.checkpoint()
  for (let index = 0; index < 40; index++) await cluster.client().create('ConfigMap', note(`n${index}`, 'x'.repeat(100)))
  cluster.restore(before)
  await cluster.client().create('ConfigMap', note('after', 'restore'))
  expect(sorted(await readJournal(directory, 'main'))).toEqual(sorted(cluster.save()))
  await journal.close()
  expect(await journals()).toHaveLength(1)
  expect(sorted(await readJournal(directory, 'main'))).toEqual(sorted(cluster.save()))
})

const goOn = async (from: Awaited<ReturnType<typeof readJournal>>) => {
  const shape = { controlPlanes: 1, workers: 0 } as const
  const cluster = await SimulatedCluster.create({ shape, apiOnly: true, ...(from ? { from } : {}) })
  return { cluster, journal: await Journal.start(directory, 'main', cluster, { onError, from }) }
}
const snapshot = () => readFile(join(directory, 'cluster-main.json'), 'utf8')

test('who goes on from what the disk has writes no snapshot, and loses nothing', async () => {
  const first = await make()
  const journal = await Journal.start(directory, 'main', first, { onError })
  await first.client().create('ConfigMap', note('one', 'first'))
  await journal.close()
  const before = await snapshot()
  for (const name of ['two', 'three']) {
    const { cluster, journal } = await goOn(await readJournal(directory, 'main'))
    await cluster.client().create('ConfigMap', note(name, 'later'))
    await journal.close()
    expect(sorted(await readJournal(directory, 'main'))).toEqual(sorted(cluster.save()))
  }
  expect(await snapshot()).toBe(before)
})

test('many restarts leave no pile of journals', async () => {
  await (await Journal.start(directory, 'main', await make(), { onError })).close()
  for (let restart = 0; restart < 20; restart++) {
    const { cluster, journal } = await goOn(await readJournal(directory, 'main'))
    await cluster.client().create('ConfigMap', note(`n${restart}`, 'text'))
    await journal.close()
  }
  expect((await journals()).length).toBeLessThan(18)
  const state = await readJournal(directory, 'main')
  expect(state?.objects.objects.configmaps?.filter(([key]) => /^default\/n\d/.test(key))).toHaveLength(20)
})

test('a journal that is gone on with is made whole first', async () => {
  await (await Journal.start(directory, 'main', await make(), { onError })).close()
  const { journal } = await goOn(await readJournal(directory, 'main'))
  await journal.close()
  for (const file of await journals()) await appendFile(join(directory, file), '{"v":99999,"r":"configmaps","k":"default/tor')
  const { cluster, journal: later } = await goOn(await readJournal(directory, 'main'))
  await cluster.client().create('ConfigMap', note('after', 'the kill'))
  await later.close()
  expect(sorted(await readJournal(directory, 'main'))).toEqual(sorted(cluster.save()))
})

/** Shelves that are empty are none, and their order tells nothing. */
function sorted(state: Awaited<ReturnType<typeof readJournal>>): unknown {
  const shelves = Object.entries(state?.objects.objects ?? {}).filter(([, entries]) => entries.length > 0)
  return {
    ...state,
    objects: {
      revision: state?.objects.revision,
      objects: Object.fromEntries(shelves.map(([name, entries]) => [name, new Map(entries)])),
    },
  }
}
