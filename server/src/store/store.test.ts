/** One suite over every database. */
import { type AttemptId, environmentId, type LearnerId } from '@wheelhouse/protocol'
import type { Migration } from 'kysely'
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.js'
import { newId, newReference } from './ids.js'
import { MIGRATIONS } from './migrations/index.js'
import { median } from './repositories/timings.js'
import { openStore, type Store } from './store.js'
import { databasesForTests, writeAs } from './testing/databases.js'
import { aLearner, anAttempt, anEnvironment, aTask, aVerdict, NOW_MS } from './testing/rows.js'
import { NEWEST_MIGRATION, STATEMENTS } from './testing/written-by-0001.js'

const databases = await databasesForTests()
for (const { name, missing } of databases) if (missing) console.error(`NOT RUN: the store's suite over ${name}: ${missing}`)

describe.each(databases)('over $name', (database) => {
  afterAll(() => database.close())

  describe.skipIf(database.missing)('the store', () => {
    let store: Store
    let url: string
    beforeEach(async () => {
      url = await database.create()
      const opened = await openStore(url)
      store = opened
      return () => opened.close()
    })

    describe('learners', () => {
      test('are found by id and name, and no name is given twice', async () => {
        const ada = aLearner('ada', { role: 'owner', language: 'zh' })
        await store.learners.add(ada)
        expect(await store.learners.byId(ada.id)).toEqual(ada)
        expect(await store.learners.byName('ada')).toEqual(ada)
        expect(await store.learners.owner()).toEqual(ada)
        await expect(store.learners.add(aLearner('ada'))).rejects.toMatchObject({
          code: 'LEARNER_EXISTS',
          values: { name: 'ada' },
        })
      })

      test('a link that two use at once signs one of them in', async () => {
        const ada = aLearner('ada')
        await store.learners.add(ada)
        await store.learners.addLink({ tokenHash: 'h', learner: ada.id, createdAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000 })
        const both = await Promise.all([store.learners.useLink('h', NOW_MS), store.learners.useLink('h', NOW_MS)])
        expect(both.filter((learner) => learner?.id === ada.id)).toHaveLength(1)
      })

      test('neither expired links nor expired sessions are good, and both are swept away', async () => {
        const ada = aLearner('ada')
        await store.learners.add(ada)
        await store.learners.addLink({ tokenHash: 'h', learner: ada.id, createdAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000 })
        const session = { idHash: 's', learner: ada.id, createdAtMs: NOW_MS, lastUsedAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000 }
        await store.learners.addSession(session)
        expect(await store.learners.session('s', NOW_MS)).toEqual({ session, learner: ada })
        expect(await store.learners.session('s', NOW_MS + 1000)).toBeUndefined()
        expect(await store.learners.useLink('h', NOW_MS + 1000)).toBeUndefined()
        await store.learners.removeExpired(NOW_MS + 1000)
        expect(await store.learners.session('s', NOW_MS)).toBeUndefined()
      })

      test('who is removed takes attempts along and leaves environments behind, without an owner', async () => {
        const ada = aLearner('ada')
        const environment = anEnvironment({ learner: ada.id })
        const attempt = anAttempt(ada, { environment: environment.id })
        await store.learners.add(ada)
        await store.environments.add(environment)
        await store.attempts.add(attempt, [aTask(attempt, 'greet')])
        await store.learners.remove(ada.id)
        expect(await store.attempts.byId(attempt.id)).toBeUndefined()
        expect(await store.attempts.tasks(attempt.id)).toEqual([])
        expect((await store.environments.byId(environment.id))?.learner).toBeNull()
      })
    })

    describe('environments', () => {
      test('come back as they were put in, text in any language included', async () => {
        const environment = anEnvironment({
          state: { phase: 'broken', why: '节点“node01”已丢失 \u0001 🙂' },
          expiresAtMs: NOW_MS + 1,
          keepOnFailure: true,
        })
        await store.environments.add(environment)
        expect(await store.environments.byId(environment.id)).toEqual(environment)
      })

      test('a change leaves alone what it does not name', async () => {
        const environment = anEnvironment({ expiresAtMs: NOW_MS })
        await store.environments.add(environment)
        await store.environments.update(environment.id, { state: { phase: 'stopped', reason: 'idle' }, expiresAtMs: null })
        await store.environments.update(environment.id, {})
        expect(await store.environments.byId(environment.id)).toEqual({
          ...environment,
          state: { phase: 'stopped', reason: 'idle' },
          expiresAtMs: null,
        })
      })

      test('of two learners who come at once, each gets another one of the pool', async () => {
        const [ada, bob] = [aLearner('ada'), aLearner('bob')]
        await store.learners.add(ada)
        await store.learners.add(bob)
        const pool = [anEnvironment(), anEnvironment()]
        for (const environment of pool) await store.environments.add(environment)
        const wanted = { shape: 'main v1.36 1+1', engine: 'fake' }
        const taken = await Promise.all([ada, bob].map(({ id }) => store.environments.takeFromPool(wanted, { learner: id })))
        expect(new Set(taken.map((environment) => environment?.id)).size).toBe(2)
        expect(new Set(taken.map((environment) => environment?.learner))).toEqual(new Set([ada.id, bob.id]))
        expect(await store.environments.takeFromPool(wanted, { learner: ada.id })).toBeUndefined()
      })

      test('the pool gives only what is ready or being built, wanted, and of the shape and engine asked for', async () => {
        const shape = 'main v1.36 1+1'
        await store.environments.add(anEnvironment({ state: { phase: 'queued' } }))
        await store.environments.add(anEnvironment({ wanted: 'deleted' }))
        await store.environments.add(anEnvironment({ shape: 'main v1.36 3+1' }))
        await store.environments.add(anEnvironment({ engine: 'kind' }))
        expect(await store.environments.takeFromPool({ shape, engine: 'fake' }, { lab: 'x' })).toBeUndefined()
      })

      test('a lease is taken over when its server has let it end, and not before', async () => {
        const mine = anEnvironment({ serverId: 'me', leaseUntilMs: NOW_MS - 5 })
        const living = anEnvironment({ serverId: 'other', leaseUntilMs: NOW_MS + 5 })
        const abandoned = anEnvironment({ serverId: 'gone', leaseUntilMs: NOW_MS - 5 })
        for (const environment of [mine, living, abandoned]) await store.environments.add(environment)
        expect(await store.environments.renewLeases('me', NOW_MS + 100)).toBe(1)
        const times = { nowMs: NOW_MS, untilMs: NOW_MS + 100 }
        expect(await store.environments.takeOver('me', [mine.id, living.id, abandoned.id], times)).toBe(1)
        expect((await store.environments.byId(abandoned.id))?.serverId).toBe('me')
        expect((await store.environments.byId(living.id))?.serverId).toBe('other')
      })

      test('deleted ones are no longer among the living', async () => {
        const gone = anEnvironment({ state: { phase: 'deleted' } })
        await store.environments.add(gone)
        expect(await store.environments.living()).toEqual([])
        expect(await store.environments.byId(gone.id)).toEqual(gone)
      })
    })

    describe('attempts', () => {
      const begun = async () => {
        const ada = aLearner('ada')
        const attempt = anAttempt(ada)
        await store.learners.add(ada)
        await store.attempts.add(attempt, [aTask(attempt, 'b', { position: 1 }), aTask(attempt, 'a', { position: 0 })])
        return { ada, attempt }
      }

      test('a learner has one a lab; tasks come in the order of the lab', async () => {
        const { ada, attempt } = await begun()
        expect(await store.attempts.byLab(ada.id, 'alpha')).toEqual(attempt)
        expect((await store.attempts.tasks(attempt.id)).map(({ task }) => task)).toEqual(['a', 'b'])
        await expect(store.attempts.add(anAttempt(ada), [])).rejects.toThrow()
      })

      test('every state of a setup comes back whole', async () => {
        const { attempt } = await begun()
        const setupOf = async () => (await store.attempts.tasks(attempt.id))[0]?.setup
        for (const setup of [
          { status: 'running' },
          { status: 'done', baseline: { uids: { 'shop/web': 'u-1' } } },
          { status: 'failed', error: { code: 'SETUP_FAILED', values: { script: '10.sh' }, detail: 'no' } },
          { status: 'waiting' },
        ] as const) {
          await store.attempts.updateTask(attempt.id, 'a', { setup })
          expect(await setupOf()).toEqual(setup)
        }
      })

      test('checks that were asked for and not answered are found again, in the order of asking', async () => {
        const { attempt } = await begun()
        await store.attempts.updateTask(attempt.id, 'b', { checkRequestedAtMs: NOW_MS })
        await store.attempts.updateTask(attempt.id, 'a', { checkRequestedAtMs: NOW_MS + 1 })
        expect((await store.attempts.pendingChecks()).map(({ task }) => task)).toEqual(['b', 'a'])
        await store.attempts.updateTask(attempt.id, 'b', { checkRequestedAtMs: null })
        expect((await store.attempts.pendingChecks()).map(({ task }) => task)).toEqual(['a'])
      })

      test('a reveal is recorded once, at its first time', async () => {
        const { attempt } = await begun()
        await store.attempts.addReveal(attempt.id, 'a', 'hint-1', NOW_MS)
        await store.attempts.addReveal(attempt.id, 'a', 'hint-1', NOW_MS + 5)
        await store.attempts.addReveal(attempt.id, 'a', 'solution', NOW_MS + 1)
        expect(await store.attempts.reveals(attempt.id)).toEqual([
          { task: 'a', reveal: 'hint-1' },
          { task: 'a', reveal: 'solution' },
        ])
      })

      test('verdicts come back with their evidence, newest first', async () => {
        const { ada, attempt } = await begun()
        const evidence = {
          subject: { key: 'subject.plain' },
          expected: { key: 'expected.is' },
          found: { key: 'found.absent' },
          holds: false,
        }
        const add = (id: string, verdict: ReturnType<typeof aVerdict>) =>
          store.verdicts.add({ id, attempt: attempt.id, learner: ada.id, lab: 'alpha', source: 'button', verdict })
        const check = {
          check: 'one',
          status: 'failed',
          points: 0,
          maxPoints: 2,
          guard: false,
          evidence: [evidence],
          tookMs: 1,
        } as const
        const older = aVerdict('a', { status: 'failed', checks: [{ ...check, evidence: [...check.evidence] }] })
        const newer = aVerdict('a', { gradedAtMs: NOW_MS + 10.6 })
        await add('older', older)
        await add('newer', newer)
        expect(await store.verdicts.byIds(['older', 'no-such'])).toEqual(new Map([['older', older]]))
        const live = aVerdict('b', {})
        await store.verdicts.add({
          id: 'live',
          attempt: attempt.id,
          learner: ada.id,
          lab: 'alpha',
          source: 'live',
          verdict: live,
        })
        expect(await store.verdicts.askedTasks(attempt.id)).toEqual(new Set(['a']))
        expect((await store.verdicts.ofTask(attempt.id, 'a', 1)).map(({ id, verdict }) => [id, verdict])).toEqual([
          ['newer', newer],
        ])
      })
    })

    describe('the rest', () => {
      test('medians are of each step of one shape and engine', async () => {
        const add = (step: string, tookMs: number, shape = 's') =>
          store.timings.add({ engine: 'fake', shape, step, tookMs, endedAtMs: NOW_MS + tookMs })
        for (const tookMs of [10, 30, 20]) await add('images', tookMs)
        await add('images', 9_999, 'another')
        for (let run = 0; run < 25; run++) await add('total', run < 5 ? 1_000_000 : 100)
        expect(await store.timings.medians({ engine: 'fake', shape: 's' })).toEqual(
          new Map([
            ['images', 20],
            ['total', 100],
          ]),
        )
      })

      test('terminals are found by environment, ended ones included, and go with it', async () => {
        const environment = anEnvironment()
        await store.environments.add(environment)
        const terminal = {
          id: 't1',
          environment: environment.id,
          machine: 'base',
          user: 'candidate',
          title: 'base',
          createdAtMs: NOW_MS,
          endedAtMs: null,
        }
        await store.terminals.add(terminal as never)
        await store.terminals.update('t1' as never, { endedAtMs: NOW_MS + 1, title: '日志' })
        expect(await store.terminals.ofEnvironment(environment.id)).toMatchObject([
          { id: 't1', title: '日志', endedAtMs: NOW_MS + 1 },
        ])
      })

      test('a transaction that fails leaves nothing behind', async () => {
        const work = store.transaction(async ({ learners }) => {
          await learners.add(aLearner('ada'))
          throw new Error('half-way')
        })
        await expect(work).rejects.toThrow('half-way')
        expect(await store.learners.all()).toEqual([])
      })

      test('transactions beside each other do not see each other half-done', async () => {
        const ada = aLearner('ada')
        const attempt = anAttempt(ada)
        await store.learners.add(ada)
        await store.attempts.add(attempt, [])
        const addOne = () =>
          store.transaction(async ({ attempts }) => {
            const points = (await attempts.byId(attempt.id))?.points ?? 0
            await attempts.update(attempt.id, { points: points + 1 })
          })
        await Promise.all(Array.from({ length: 5 }, addOne))
        expect((await store.attempts.byId(attempt.id))?.points).toBe(5)
      })

      test('opening it again changes nothing, and says how long it takes to answer', async () => {
        await store.learners.add(aLearner('ada'))
        const again = await openStore(url)
        onTestFinished(() => again.close())
        expect((await again.learners.all()).map(({ name }) => name)).toEqual(['ada'])
        expect(again.databaseName).toBe(database.name)
        expect(await again.ping()).toBeGreaterThan(0)
      })

      test('what version 0.1.0 wrote is all there after the upgrade', async () => {
        const old = await database.create()
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
        expect((await upgraded.attempts.pendingChecks()).map(({ task }) => task)).toEqual(['explain-history'])
        expect((await upgraded.verdicts.byIds(['verdict123'])).get('verdict123')).toMatchObject({ status: 'failed', points: 3 })
        const environment = await upgraded.environments.byId(environmentId('env1234567'))
        expect(environment).toMatchObject({ wanted: 'stopped', state: { reason: 'idle' }, spec: { images: ['nginx:1.28'] } })
        expect(await upgraded.terminals.ofEnvironment(environmentId('env1234567'))).toHaveLength(1)
        expect(await upgraded.timings.medians({ engine: 'kind', shape: 'main v1.36 1+1' })).toEqual(new Map([['total', 31_000]]))
      })

      test('a database that a newer version wrote is not touched', async () => {
        const newer: Migration = { up: (db) => db.schema.createTable('from_the_future').addColumn('id', 'text').execute() }
        const future = await openStore(url, { ...MIGRATIONS, '9999-the-future': newer })
        await future.close()
        await expect(openStore(url)).rejects.toMatchObject({ code: 'STORE_TOO_NEW', values: { migration: '9999-the-future' } })
      })
    })
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
