/**
 * A real restart of the container engine, under environments of every shape and in the midst of a building. It stops the one engine of
 * the computer, so it wants two commands from who runs it: WHEELHOUSE_TEST_STOP_ENGINE and WHEELHOUSE_TEST_START_ENGINE.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type EnvironmentId, LabError } from '@wheelhouse/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshId, specOf } from '../contract.js'
import type { EnvironmentSpec, StepEvent } from '../engine.js'
import { type KindUnderTest, kindUnderTest } from './testing.js'
import { keepSomething, untilItIsBack } from './testing-power.js'

const MINUTES = 60_000
const { WHEELHOUSE_TEST_STOP_ENGINE: stop, WHEELHOUSE_TEST_START_ENGINE: start } = process.env
/** With the computer's own folder for temporary files: that of the tests goes with them, and an engine that they started stays. */
const run = async (command: string) => {
  const { TMPDIR: _, ...env } = process.env
  await promisify(execFile)('bash', ['-c', command], { env })
}

if (!stop || !start)
  console.error(
    'a restart of the container engine: NOT RUN. WHEELHOUSE_TEST_STOP_ENGINE and WHEELHOUSE_TEST_START_ENGINE name no commands for it',
  )

describe.skipIf(!stop || !start)('a restart of the container engine', { timeout: 15 * MINUTES }, () => {
  const shapes = { 'three control planes': { controlPlanes: 3 }, 'two nodes': { workers: 1 }, 'one node': {} } as const
  const specs = Object.fromEntries(Object.entries(shapes).map(([shape, change]) => [shape, specOf(freshId(), change)]))
  const half = specOf(freshId())
  let under: KindUnderTest
  let stoppedAt: string

  beforeAll(async () => {
    under = await kindUnderTest({ bakedImages: ['busybox:1.37'] })
    for (const spec of Object.values(specs)) await keepSomething(await under.engine.provision(spec))
  }, 12 * MINUTES)

  afterAll(async () => {
    if (start) await run(start)
    await under.engine.close()
    await under.remove()
  }, 4 * MINUTES)

  /** Resolves with what the building ended with, the engine being down. */
  async function stopInTheMidst(spec: EnvironmentSpec): Promise<unknown> {
    let building: Promise<unknown> = Promise.resolve()
    await new Promise<void>((reached) => {
      const onStep = (event: StepEvent) => void (event.type === 'started' && event.step === 'control-plane' && reached())
      building = under.engine.provision(spec, { onStep }).catch((error: unknown) => error)
      void building.then(() => reached())
    })
    stoppedAt = new Date().toISOString()
    await run(stop ?? '')
    return building
  }

  test('in the midst of a building is said to its learner', async () => {
    const ended = await stopInTheMidst(half)
    expect(ended).toBeInstanceOf(LabError)
    expect(ended).toMatchObject({ code: 'ENGINE_UNAVAILABLE', values: { why: expect.stringContaining('Docker daemon') } })
    expect(await under.engine.status()).toMatchObject({ available: false, remedy: { key: 'doctor.containers.remedy' } })
  })

  test('is survived by environments of one node, two nodes and three control planes', async () => {
    await run(start ?? '')
    const ids = Object.values(specs).map(({ id }) => id)
    expect(await under.engine.adopt()).toEqual(expect.arrayContaining(ids))
    const back = async (id: EnvironmentId) => {
      const isRunning = (await under.engine.inspect(id)) === 'running'
      const environment = await (isRunning ? under.engine.open(id) : under.engine.start(id))
      await untilItIsBack(environment, stoppedAt)
    }
    for (const id of ids) await back(id)
  })

  test('leaves of the building nothing that a second try does not clear away', async () => {
    expect(['absent', { broken: 'its building was cut short' }]).toContainEqual(await under.engine.inspect(half.id))
    await untilItIsBack(await keepSomething(await under.engine.provision(half)), stoppedAt)
  })
})
