import { type AttemptId, environmentId, type LearnerId } from '@wheelhouse/protocol'
import type { Migration } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './../testing/temporary-folder.js'
import { newId, newReference } from './ids.js'
import { MIGRATIONS } from './migrations/index.js'
import { median } from './repositories/timings.js'
import { openStore } from './store.js'
import { writeAs } from './testing/databases.js'
import { overEachDatabase } from './testing/over-each-database.js'
import { aLearner, anAttempt, anEnvironment, NOW_MS } from './testing/rows.js'
import { NEWEST_MIGRATION, STATEMENTS } from './testing/written-by-0001.js'

overEachDatabase('what all repositories stand on', (under) => {
  test('medians are of each step of one shape and engine', async () => {
    const add = (step: string, tookMs: number, shape = 's') =>
      under.store.timings.add({ engine: 'fake', shape, step, tookMs, endedAtMs: NOW_MS + tookMs })
    for (const tookMs of [10, 30, 20]) await add('images', tookMs)
    await add('images', 9_999, 'another')
    for (let run = 0; run < 25; run++) await add('total', run < 5 ? 1_000_000 : 100)
    expect(await under.store.timings.medians({ engine: 'fake', shape: 's' })).toEqual(
      new Map([
        ['images', 20],
        ['total', 100],
      ]),
    )
  })

  test('terminals are found by environment, ended ones included, and go with it', async () => {
    const environment = anEnvironment()
    await under.store.environments.add(environment)
    const terminal = {
      id: 't1',
      environment: environment.id,
      machine: 'base',
      user: 'candidate',
      title: 'base',
      createdAtMs: NOW_MS,
      endedAtMs: null,
    }
    await under.store.terminals.add(terminal as never)
    await under.store.terminals.update('t1' as never, { endedAtMs: NOW_MS + 1, title: '日志' })
    expect(await under.store.terminals.ofEnvironment(environment.id)).toMatchObject([
      { id: 't1', title: '日志', endedAtMs: NOW_MS + 1 },
    ])
  })

  test('a transaction that fails leaves nothing behind', async () => {
    const work = under.store.transaction(async ({ learners }) => {
      await learners.add(aLearner('ada'))
      throw new Error('half-way')
    })
    await expect(work).rejects.toThrow('half-way')
    expect(await under.store.learners.all()).toEqual([])
  })

  test('transactions beside each other do not see each other half-done', async () => {
    const ada = aLearner('ada')
    const attempt = anAttempt(ada)
    await under.store.learners.add(ada)
    await under.store.attempts.add(attempt, [])
    const addOne = () =>
      under.store.transaction(async ({ attempts }) => {
        const points = (await attempts.byId(attempt.id))?.points ?? 0
        await attempts.update(attempt.id, { points: points + 1 })
      })
    await Promise.all(Array.from({ length: 5 }, addOne))
    expect((await under.store.attempts.byId(attempt.id))?.points).toBe(5)
  })

  test('opening it again changes nothing, and says how long it takes to answer', async () => {
    await under.store.learners.add(aLearner('ada'))
    const again = await openStore(under.url)
    onTestFinished(() => again.close())
    expect((await again.learners.all()).map(({ name }) => name)).toEqual(['ada'])
    expect(again.databaseName).toBe(under.database.name)
    expect(await again.ping()).toBeGreaterThan(0)
  })

  test('what version 0.1.0 wrote is all there after the upgrade', async () => {
    const old = await under.database.create()
    await writeAs({ newest: NEWEST_MIGRATION, statements: STATEMENTS }, old)
    const upgraded = await openStore(old)
    onTestFinished(() => upgraded.close())
    const ada = await upgraded.learners.byName('Ada 艾达')
    expect(ada).toMatchObject({ role: 'learner', language: 'zh' })
    expect((await upgraded.learners.session('session-hash', NOW_MS))?.learner.id).toBe(ada?.id)
    const [attempt] = await upgraded.attempts.ofLearner(ada?.id as LearnerId)
    expect(attempt).toMatchObject({ lab: 'deploy-rollback', step: 'look-around', points: 3, finishedAtMs: null })
    const tasks = await upgraded.attempts.tasks(attempt?.id as AttemptId)
    expect(tasks.map(({ setup }) => setup.status)).toEqual(['done', 'failed'])
    expect(tasks.map(({ asked }) => asked)).toEqual([true, false])
    expect((await upgraded.attempts.pendingChecks()).map(({ task }) => task)).toEqual(['explain-history'])
    expect((await upgraded.verdicts.byIds(['verdict123'])).get('verdict123')).toMatchObject({ status: 'failed', points: 3 })
    const environment = await upgraded.environments.byId(environmentId('env1234567'))
    expect(environment).toMatchObject({ wanted: 'stopped', state: { reason: 'idle' }, spec: { images: ['nginx:1.28'] } })
    expect(await upgraded.terminals.ofEnvironment(environmentId('env1234567'))).toHaveLength(1)
    expect(await upgraded.timings.medians({ engine: 'kind', shape: 'main v1.36 1+1' })).toEqual(new Map([['total', 31_000]]))
  })

  test('a database that a newer version wrote is not touched', async () => {
    const newer: Migration = { up: (db) => db.schema.createTable('from_the_future').addColumn('id', 'text').execute() }
    const future = await openStore(under.url, { ...MIGRATIONS, '9999-the-future': newer })
    await future.close()
    await expect(openStore(under.url)).rejects.toMatchObject({ code: 'STORE_TOO_NEW', values: { migration: '9999-the-future' } })
  })
})

test('a database that is not there is said to be', async () => {
  await expect(openStore('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  await expect(openStore('/no/such/folder/w.db')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})

test('two processes on one SQLite file wait for each other', async () => {
  const file = `${temporaryFolder()}/w.db`
  const [server, command] = [await openStore(file), await openStore(file)]
  onTestFinished(async () => {
    await server.close()
    await command.close()
  })
  const adds = Array.from({ length: 20 }, (_, index) => (index % 2 ? server : command).learners.add(aLearner(`learner-${index}`)))
  await Promise.all(adds)
  expect(await server.learners.all()).toHaveLength(20)
})

test('ids fit into names of containers and hosts, references can be read aloud', () => {
  const ids = Array.from({ length: 200 }, newId)
  expect(new Set(ids).size).toBe(200)
  for (const id of ids) expect(id).toMatch(/^[a-km-np-z][a-km-np-z2-9]{9}$/)
  expect(newReference()).toMatch(/^[A-Z2-9]{4}-[A-Z2-9]{2}$/)
})

test('the median of an even count lies between the two in the middle', () => {
  expect([median([3, 1]), median([5]), median([])]).toEqual([2, 5, 0])
})
