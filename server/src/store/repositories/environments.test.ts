import { expect, test } from 'vitest'
import { overEachDatabase } from '../testing/over-each-database.js'
import { aLearner, anEnvironment, NOW_MS } from '../testing/rows.js'

overEachDatabase('environments', (under) => {
  test('come back as they were put in, text in any language included', async () => {
    const environment = anEnvironment({
      state: { phase: 'broken', why: '节点“node01”已丢失 \u0001 🙂' },
      expiresAtMs: NOW_MS + 1,
      keepOnFailure: true,
    })
    await under.store.environments.add(environment)
    expect(await under.store.environments.byId(environment.id)).toEqual(environment)
  })

  test('a change leaves alone what it does not name', async () => {
    const environment = anEnvironment({ expiresAtMs: NOW_MS })
    await under.store.environments.add(environment)
    await under.store.environments.update(environment.id, { state: { phase: 'stopped', reason: 'idle' }, expiresAtMs: null })
    await under.store.environments.update(environment.id, {})
    expect(await under.store.environments.byId(environment.id)).toEqual({
      ...environment,
      state: { phase: 'stopped', reason: 'idle' },
      expiresAtMs: null,
    })
  })

  test('of two learners who come at once, each gets another one of the pool', async () => {
    const [ada, bob] = [aLearner('ada'), aLearner('bob')]
    await under.store.learners.add(ada)
    await under.store.learners.add(bob)
    const pool = [anEnvironment(), anEnvironment()]
    for (const environment of pool) await under.store.environments.add(environment)
    const wanted = { shape: 'main v1.36 1+1', engine: 'fake' }
    const taken = await Promise.all([ada, bob].map(({ id }) => under.store.environments.takeFromPool(wanted, { learner: id })))
    expect(new Set(taken.map((environment) => environment?.id)).size).toBe(2)
    expect(new Set(taken.map((environment) => environment?.learner))).toEqual(new Set([ada.id, bob.id]))
    expect(await under.store.environments.takeFromPool(wanted, { learner: ada.id })).toBeUndefined()
  })

  test('the pool gives only what is ready or being built, wanted, and of the shape and engine asked for', async () => {
    const shape = 'main v1.36 1+1'
    await under.store.environments.add(anEnvironment({ state: { phase: 'queued' } }))
    await under.store.environments.add(anEnvironment({ wanted: 'deleted' }))
    await under.store.environments.add(anEnvironment({ shape: 'main v1.36 3+1' }))
    await under.store.environments.add(anEnvironment({ engine: 'kind' }))
    expect(await under.store.environments.takeFromPool({ shape, engine: 'fake' }, { lab: 'x' })).toBeUndefined()
  })

  test('a lease is taken over when its server has let it end, and not before', async () => {
    const mine = anEnvironment({ serverId: 'me', leaseUntilMs: NOW_MS - 5 })
    const living = anEnvironment({ serverId: 'other', leaseUntilMs: NOW_MS + 5 })
    const abandoned = anEnvironment({ serverId: 'gone', leaseUntilMs: NOW_MS - 5 })
    for (const environment of [mine, living, abandoned]) await under.store.environments.add(environment)
    expect(await under.store.environments.renewLeases('me', NOW_MS + 100)).toBe(1)
    const times = { nowMs: NOW_MS, untilMs: NOW_MS + 100 }
    expect(await under.store.environments.takeOver('me', [mine.id, living.id, abandoned.id], times)).toBe(1)
    expect((await under.store.environments.byId(abandoned.id))?.serverId).toBe('me')
    expect((await under.store.environments.byId(living.id))?.serverId).toBe('other')
  })

  test('deleted ones are no longer among the living', async () => {
    const gone = anEnvironment({ state: { phase: 'deleted' } })
    await under.store.environments.add(gone)
    expect(await under.store.environments.living()).toEqual([])
    expect(await under.store.environments.byId(gone.id)).toEqual(gone)
  })
})
