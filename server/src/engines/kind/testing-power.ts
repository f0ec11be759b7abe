/**
 * A restart of the container engine or of the computer, as far as a test may play it: every container of the environment is killed at
 * once, as a power cut does, and started again in no order. Addresses and host names must be the same after it.
 */
import { expect } from 'vitest'
import type { Environment } from '../engine.js'
import type { KindEngine } from './kind-engine.js'
import { ofEnvironment } from './labels.js'

const MINUTES = 60_000

const kubectl = (environment: Environment, ...args: string[]) =>
  environment.run({ machine: 'base', user: 'candidate', argv: ['kubectl', '--request-timeout=5s', ...args], timeoutMs: 20_000 })

/** Stores what must be there after everything that is survived. @returns the environment */
export async function keepSomething(environment: Environment): Promise<Environment> {
  const made = await kubectl(environment, 'create', 'configmap', 'kept', '--from-literal=a=b')
  expect(made.exitCode, made.stderr).toBe(0)
  await environment.putFile('base', 'candidate', '/home/candidate/kept', 'mine')
  return environment
}

/** Cuts the power and gives it back; resolves when the environment has survived it. */
export async function survivePowerCut(engine: KindEngine, environment: Environment): Promise<void> {
  await keepSomething(environment)
  const found = await engine.cli.containers(ofEnvironment(engine.settings.installation, environment.id))
  const containers = found.map(({ name }) => name)
  const cutAt = new Date().toISOString()
  await engine.cli.run(['kill', ...containers])
  expect(await engine.inspect(environment.id)).toBe('stopped')
  await engine.cli.run(['start', ...containers])
  await untilItIsBack(environment, cutAt)
}

/** Resolves when every node has spoken since that time and is Ready, ssh leads to a node, and what `keepSomething` stored is there. */
export async function untilItIsBack(environment: Environment, since: string): Promise<void> {
  const times = '-o=jsonpath={.items[*].spec.renewTime}'
  const beats = async () => (await kubectl(environment, 'get', 'leases', '-n', 'kube-node-lease', times)).stdout.split(' ')
  await expect
    .poll(beats, { timeout: 5 * MINUTES, interval: 500 })
    .toSatisfy((renewed: string[]) => renewed.every((time) => time > since))
  const argv = ['kubectl', 'wait', '--for=condition=Ready', 'node', '--all', '--timeout=180s'] as const
  const ready = await environment.run({ machine: 'base', user: 'candidate', argv, timeoutMs: 4 * MINUTES })
  expect(ready.exitCode, ready.stderr + ready.stdout).toBe(0)
  expect((await kubectl(environment, 'get', 'configmap', 'kept', '-o', 'jsonpath={.data.a}')).stdout).toBe('b')
  expect((await environment.getFile('base', '/home/candidate/kept')).toString('utf8')).toBe('mine')
  const there = ['ssh', '-o', 'BatchMode=yes', 'controlplane', 'hostname'] as const
  const host = async () => (await environment.run({ machine: 'base', user: 'candidate', argv: there, timeoutMs: MINUTES })).stdout
  // Its ssh server may come up after its kubelet.
  await expect.poll(host, { timeout: MINUTES, interval: 500 }).toBe('controlplane\n')
}
