import { expect, test } from 'vitest'
import { overEachDatabase } from '../testing/over-each-database.js'
import { aLearner, anAttempt, aTask, aVerdict, NOW_MS } from '../testing/rows.js'

overEachDatabase('attempts', (under) => {
  const begun = async () => {
    const ada = aLearner('ada')
    const attempt = anAttempt(ada)
    await under.store.learners.add(ada)
    await under.store.attempts.add(attempt, [aTask(attempt, 'b', { position: 1 }), aTask(attempt, 'a', { position: 0 })])
    return { ada, attempt }
  }

  test('a learner has one a lab; tasks come in the order of the lab', async () => {
    const { ada, attempt } = await begun()
    expect(await under.store.attempts.byLab(ada.id, 'alpha')).toEqual(attempt)
    expect((await under.store.attempts.tasks(attempt.id)).map(({ task }) => task)).toEqual(['a', 'b'])
    await expect(under.store.attempts.add(anAttempt(ada), [])).rejects.toThrow()
  })

  test('every state of a setup comes back whole', async () => {
    const { attempt } = await begun()
    const setupOf = async () => (await under.store.attempts.tasks(attempt.id))[0]?.setup
    for (const setup of [
      { status: 'running' },
      { status: 'done', baseline: { uids: { 'shop/web': 'u-1' } } },
      { status: 'failed', error: { code: 'SETUP_FAILED', values: { script: '10.sh' }, detail: 'no' } },
      { status: 'waiting' },
    ] as const) {
      await under.store.attempts.updateTask(attempt.id, 'a', { setup })
      expect(await setupOf()).toEqual(setup)
    }
  })

  test('whether a check was asked for stays until the next setup takes it back', async () => {
    const { attempt } = await begun()
    const asked = async () => (await under.store.attempts.tasks(attempt.id)).map((task) => task.asked)
    await under.store.attempts.updateTask(attempt.id, 'b', { asked: true })
    await under.store.attempts.updateTask(attempt.id, 'b', { bestPoints: 1 })
    expect(await asked()).toEqual([false, true])
    await under.store.attempts.updateTask(attempt.id, 'b', { asked: false })
    expect(await asked()).toEqual([false, false])
  })

  test('checks that were asked for and not answered are found again, in the order of asking', async () => {
    const { attempt } = await begun()
    await under.store.attempts.updateTask(attempt.id, 'b', { checkRequestedAtMs: NOW_MS })
    await under.store.attempts.updateTask(attempt.id, 'a', { checkRequestedAtMs: NOW_MS + 1 })
    expect((await under.store.attempts.pendingChecks()).map(({ task }) => task)).toEqual(['b', 'a'])
    await under.store.attempts.updateTask(attempt.id, 'b', { checkRequestedAtMs: null })
    expect((await under.store.attempts.pendingChecks()).map(({ task }) => task)).toEqual(['a'])
  })

  test('a reveal is recorded once, at its first time', async () => {
    const { attempt } = await begun()
    await under.store.attempts.addReveal(attempt.id, 'a', 'hint-1', NOW_MS)
    await under.store.attempts.addReveal(attempt.id, 'a', 'hint-1', NOW_MS + 5)
    await under.store.attempts.addReveal(attempt.id, 'a', 'solution', NOW_MS + 1)
    expect(await under.store.attempts.reveals(attempt.id)).toEqual([
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
      under.store.verdicts.add({ id, attempt: attempt.id, learner: ada.id, lab: 'alpha', source: 'button', verdict })
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
    expect(await under.store.verdicts.byIds(['older', 'no-such'])).toEqual(new Map([['older', older]]))
    const live = aVerdict('b', {})
    await under.store.verdicts.add({
      id: 'live',
      attempt: attempt.id,
      learner: ada.id,
      lab: 'alpha',
      source: 'live',
      verdict: live,
    })
    expect((await under.store.verdicts.ofTask(attempt.id, 'a', 1)).map(({ id, verdict }) => [id, verdict])).toEqual([
      ['newer', newer],
    ])
  })
})
