/** kill -9 of a real server process at every step, and what the next one finds. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttemptView } from '@wheelhouse/protocol'
import { beforeAll, describe, expect, test } from 'vitest'
import { FAKE_STEPS, FakeEngine } from '../engines/testing/fake-engine.js'
import { buildPrograms, Life } from './life.js'
import { temporaryFolder } from './temporary-folder.js'

beforeAll(buildPrograms, 120_000)

function holding(dataDirectory: string, word: string): { release(): void } {
  mkdirSync(join(dataDirectory, 'hold'), { recursive: true })
  const file = join(dataDirectory, 'hold', `hold-${word}`)
  writeFileSync(file, '')
  return { release: () => rmSync(file) }
}

const begin = (life: Life) => life.ask<AttemptView>('POST', '/api/attempts', { lab: 'alpha' })
const isSetUp = (attempt: AttemptView) =>
  attempt.environment?.state.phase === 'ready' && attempt.tasks.every((task) => task.setup === 'done')

describe('a server that is killed', () => {
  test.each(FAKE_STEPS)('while it builds (%s) comes back, and the same environment becomes ready', async (step) => {
    const data = temporaryFolder()
    const hold = holding(data, step)
    const first = await Life.begin(data)
    const attempt = await begin(first)
    await first.says(new RegExp(`^at ${step}$`))
    await first.kill()
    hold.release()
    const second = await Life.begin(data)
    const after = await second.until<AttemptView>(`/api/attempts/${attempt.id}`, isSetUp)
    expect(after.environment?.id).toBe(attempt.environment?.id)
    expect(await new FakeEngine(join(data, 'fake')).adopt()).toEqual([attempt.environment?.id])
  })

  test.each(['stop', 'start', 'destroy'])('in the midst of a %s finishes it', async (action) => {
    const data = temporaryFolder()
    const first = await Life.begin(data)
    const attempt = await begin(first)
    await first.until<AttemptView>(`/api/attempts/${attempt.id}`, isSetUp)
    const environment = `/api/environments/${attempt.environment?.id}`
    if (action === 'start') {
      await first.ask('POST', `${environment}/stop`)
      await first.says(/^phase stopped$/)
    }
    const hold = holding(data, action)
    if (action === 'destroy') await first.ask('DELETE', environment)
    else await first.ask('POST', `${environment}/${action}`)
    // The first building began with a destroy of its own; this one is after it was ready.
    await first.says(action === 'destroy' ? /^phase deleting$/ : new RegExp(`^at ${action}$`))
    await first.kill()
    hold.release()
    const second = await Life.begin(data)
    const wanted = { stop: 'stopped', start: 'ready', destroy: undefined }[action]
    await second.until<AttemptView>(`/api/attempts/${attempt.id}`, (view) => view.environment?.state.phase === wanted)
    expect(await new FakeEngine(join(data, 'fake')).adopt()).toHaveLength(action === 'destroy' ? 0 : 1)
  })

  test('in the midst of a setup sets the task up again', async () => {
    const data = temporaryFolder()
    const hold = holding(data, 'setup-scale')
    const first = await Life.begin(data)
    const attempt = await begin(first)
    await first.says(/^at setup-scale$/)
    await first.kill()
    hold.release()
    const second = await Life.begin(data)
    await second.until<AttemptView>(`/api/attempts/${attempt.id}`, isSetUp)
  })

  test('between a check and its verdict runs the check again, and the verdict is there', async () => {
    const data = temporaryFolder()
    const first = await Life.begin(data)
    const attempt = await begin(first)
    const address = `/api/attempts/${attempt.id}`
    await first.until<AttemptView>(address, isSetUp)
    const hold = holding(data, 'check-greet')
    await first.ask('POST', `${address}/tasks/greet/checks`)
    await first.says(/^at check-greet$/)
    await first.kill()
    hold.release()
    const second = await Life.begin(data)
    const after = await second.until<AttemptView>(address, (view) => view.tasks[0]?.latest !== null)
    expect(after).toMatchObject({ points: 5, tasks: [{ checking: false, latest: { status: 'passed' } }, {}] })
  })

  test('after a verdict was announced still has it', async () => {
    const data = temporaryFolder()
    const first = await Life.begin(data)
    const attempt = await begin(first)
    const address = `/api/attempts/${attempt.id}`
    await first.until<AttemptView>(address, isSetUp)
    await first.ask('POST', `${address}/tasks/greet/checks`)
    const announced = await first.until<AttemptView>(address, (view) => view.tasks[0]?.latest !== null)
    await first.kill()
    const second = await Life.begin(data)
    const found = await second.ask<AttemptView>('GET', address)
    expect(found.tasks[0]?.latest).toEqual(announced.tasks[0]?.latest)
    expect(found.points).toBe(5)
  })
})
