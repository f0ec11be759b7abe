import { expect, test } from 'vitest'
import { overEachDatabase } from '../testing/over-each-database.js'
import { aLearner, anAttempt, anEnvironment, aTask, NOW_MS } from '../testing/rows.js'

overEachDatabase('learners', (under) => {
  test('are found by id and name, and no name is given twice', async () => {
    const ada = aLearner('ada', { role: 'owner', language: 'zh' })
    await under.store.learners.add(ada)
    expect(await under.store.learners.byId(ada.id)).toEqual(ada)
    expect(await under.store.learners.byName('ada')).toEqual(ada)
    expect(await under.store.learners.owner()).toEqual(ada)
    await expect(under.store.learners.add(aLearner('ada'))).rejects.toMatchObject({
      code: 'LEARNER_EXISTS',
      values: { name: 'ada' },
    })
  })

  test('a link that two use at once signs one of them in', async () => {
    const ada = aLearner('ada')
    await under.store.learners.add(ada)
    await under.store.learners.addLink({ tokenHash: 'h', learner: ada.id, createdAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000 })
    const both = await Promise.all([under.store.learners.useLink('h', NOW_MS), under.store.learners.useLink('h', NOW_MS)])
    expect(both.filter((learner) => learner?.id === ada.id)).toHaveLength(1)
  })

  test('neither expired links nor expired sessions are good, and both are swept away', async () => {
    const ada = aLearner('ada')
    await under.store.learners.add(ada)
    await under.store.learners.addLink({ tokenHash: 'h', learner: ada.id, createdAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000 })
    const session = { idHash: 's', learner: ada.id, createdAtMs: NOW_MS, lastUsedAtMs: NOW_MS, expiresAtMs: NOW_MS + 1000 }
    await under.store.learners.addSession(session)
    expect(await under.store.learners.session('s', NOW_MS)).toEqual({ session, learner: ada })
    expect(await under.store.learners.session('s', NOW_MS + 1000)).toBeUndefined()
    expect(await under.store.learners.useLink('h', NOW_MS + 1000)).toBeUndefined()
    await under.store.learners.removeExpired(NOW_MS + 1000)
    expect(await under.store.learners.session('s', NOW_MS)).toBeUndefined()
  })

  test('who is removed takes attempts along and leaves environments behind, without an owner', async () => {
    const ada = aLearner('ada')
    const environment = anEnvironment({ learner: ada.id })
    const attempt = anAttempt(ada, { environment: environment.id })
    await under.store.learners.add(ada)
    await under.store.environments.add(environment)
    await under.store.attempts.add(attempt, [aTask(attempt, 'greet')])
    await under.store.learners.remove(ada.id)
    expect(await under.store.attempts.byId(attempt.id)).toBeUndefined()
    expect(await under.store.attempts.tasks(attempt.id)).toEqual([])
    expect((await under.store.environments.byId(environment.id))?.learner).toBeNull()
  })
})
