import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { engineContract, freshId, specOf } from '../contract.js'
import type { StepEvent } from '../engine.js'
import { FailingEngine, LeakyEngine, NeverReadyEngine, SlowEngine } from './failing-doubles.js'
import { FAKE_STEPS, FakeEngine, type FakeEngineOptions } from './fake-engine.js'

const makeFake = (options: FakeEngineOptions) => async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wheelhouse-fake-'))
  return {
    engine: new FakeEngine(folder, options),
    again: async () => new FakeEngine(folder, options),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
engineContract('fake', makeFake({}))
engineContract('fake, with checkpoints', makeFake({ capabilities: { checkpoints: true } }))

describe('the failing doubles', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wheelhouse-fake-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  test('SlowEngine stands at each step until it is let go', async () => {
    const engine = new SlowEngine(folder)
    const events: StepEvent[] = []
    const id = freshId()
    const provisioning = engine.provision(specOf(id), { onStep: (event) => events.push(event) })
    await engine.gate.reached('images')
    expect(events.at(-1)).toEqual({ type: 'started', step: 'images' })
    expect(await engine.inspect(id)).toEqual({ broken: expect.any(String) })
    engine.releaseAll()
    await provisioning
    expect(events.filter((event) => event.type === 'done')).toHaveLength(FAKE_STEPS.length)
  })

  test('SlowEngine: what a killed server leaves half-built is found again and removed', async () => {
    const engine = new SlowEngine(folder)
    const id = freshId()
    const provisioning = engine.provision(specOf(id)).catch((error: unknown) => error)
    for (const step of ['images', 'network']) engine.gate.release(step)
    await engine.gate.reached('machines')
    const restarted = new FakeEngine(folder)
    expect(await restarted.adopt()).toEqual([id])
    await restarted.destroy(id)
    expect(await restarted.adopt()).toEqual([])
    engine.gate.fail('machines', new Error('the server was killed'))
    await provisioning
  })

  test('NeverReadyEngine waits until it is aborted', async () => {
    const engine = new NeverReadyEngine(folder)
    const abort = new AbortController()
    const id = freshId()
    const onStep = (event: StepEvent) => {
      if (event.type === 'started' && event.step === 'ready') abort.abort(new Error('cancelled'))
    }
    await expect(engine.provision(specOf(id), { signal: abort.signal, onStep })).rejects.toMatchObject({ code: 'ENGINE_ABORTED' })
    expect(await engine.inspect(id)).toBe('absent')
  })

  test('FailingEngine names the step, the command and its output, and leaves nothing', async () => {
    const engine = new FailingEngine(folder)
    const events: StepEvent[] = []
    const id = freshId()
    const failure = engine.provision(specOf(id), { onStep: (event) => events.push(event) })
    await expect(failure).rejects.toMatchObject({
      code: 'ENGINE_STEP_FAILED',
      values: { step: 'control-plane', command: 'kubeadm init' },
      detail: 'the API server did not come up\n',
    })
    expect(events.at(-1)).toMatchObject({ type: 'failed', step: 'control-plane', command: 'kubeadm init' })
    expect(await engine.inspect(id)).toBe('absent')
  })

  test('FailingEngine with keepOnFailure leaves what there is, for its logs', async () => {
    const engine = new FailingEngine(folder)
    const id = freshId()
    await expect(engine.provision(specOf(id), { keepOnFailure: true })).rejects.toMatchObject({ code: 'ENGINE_STEP_FAILED' })
    expect(await engine.inspect(id)).toEqual({ broken: expect.any(String) })
  })

  test('LeakyEngine claims to have destroyed and still has it', async () => {
    const engine = new LeakyEngine(folder)
    const id = freshId()
    await engine.provision(specOf(id))
    await engine.destroy(id)
    expect(await engine.adopt()).toEqual([id])
  })
})
