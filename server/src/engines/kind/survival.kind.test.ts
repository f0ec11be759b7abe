/**
 * A restart of the container engine or of the computer, as far as a test may play it: every container of the environment is killed at
 * once, as a power cut does, and started again by nobody's order but the engine's. Addresses and host names must be the same after it.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshId, specOf } from '../contract.js'
import type { Environment } from '../engine.js'
import { ofEnvironment } from './labels.js'
import { type KindUnderTest, kindUnderTest } from './testing.js'

const MINUTES = 60_000
let under: KindUnderTest

beforeAll(async () => {
  under = await kindUnderTest()
}, 5 * MINUTES)

afterAll(async () => {
  await under.engine.close()
  await under.remove()
}, 2 * MINUTES)

const SHAPES = [
  { name: 'one node', change: {} },
  { name: 'a control plane and a worker', change: { workers: 1 } },
  { name: 'three control planes behind a load balancer', change: { controlPlanes: 3 } },
] as const

const kubectl = (environment: Environment, ...args: string[]) =>
  environment.run({ machine: 'base', user: 'candidate', argv: ['kubectl', '--request-timeout=5s', ...args], timeoutMs: 20_000 })

async function untilReady(environment: Environment, since: string): Promise<void> {
  for (;;) {
    const { stdout } = await kubectl(
      environment,
      'get',
      'leases',
      '-n',
      'kube-node-lease',
      '-o',
      'jsonpath={.items[*].spec.renewTime}',
    )
    const renewed = stdout.split(' ').filter(Boolean)
    if (renewed.length > 0 && renewed.every((time) => time > since)) break
  }
  const ready = await environment.run({
    machine: 'base',
    user: 'candidate',
    argv: ['kubectl', 'wait', '--for=condition=Ready', 'node', '--all', '--timeout=180s'],
    timeoutMs: 4 * MINUTES,
  })
  expect(ready.exitCode, ready.stderr).toBe(0)
}

describe.each(SHAPES)('$name', ({ change }) => {
  test('survives a power cut, and a stop and a start', { timeout: 15 * MINUTES }, async () => {
    const { engine } = under
    const spec = specOf(freshId(), change)
    const environment = await engine.provision(spec)
    await kubectl(environment, 'create', 'configmap', 'kept', '--from-literal=a=b')
    const containers = (await engine.cli.containers(ofEnvironment(under.settings.installation, spec.id))).map(({ name }) => name)

    const cutAt = new Date().toISOString()
    await engine.cli.run(['kill', ...containers])
    expect(await engine.inspect(spec.id)).toBe('stopped')
    await engine.cli.run(['start', ...containers])
    await untilReady(environment, cutAt)
    expect((await kubectl(environment, 'get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}')).stdout).toBe('b')

    await engine.stop(spec.id)
    const started = await engine.start(spec.id)
    expect((await kubectl(started, 'get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}')).stdout).toBe('b')
    await engine.destroy(spec.id)
  })
})
