/**
 * What goes wrong with the container engine, with kind and by the learner's own hand: each is said as it is, nothing else breaks, and
 * there is a way on. One environment for all that needs one.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EnvironmentId, Verdict } from '@wheelhouse/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ProcessGrader } from '../../grading/process-grader.js'
import { taskDouble } from '../../grading/testing/task-double.js'
import { freshId, specOf } from '../contract.js'
import type { Environment, StepEvent } from '../engine.js'
import { ofEnvironment } from './labels.js'
import { type KindUnderTest, kindUnderTest } from './testing.js'
import { FaultyDocker } from './testing-docker.js'

const MINUTES = 60_000
let docker: FaultyDocker
let under: KindUnderTest

beforeAll(async () => {
  docker = await FaultyDocker.make()
  under = await kindUnderTest({ bakedImages: ['busybox:1.37'] })
  await under.engine.machineImage.ensure('v1.36')
}, 10 * MINUTES)

afterEach(() => docker.heal())

afterAll(async () => {
  await under.engine.close()
  await under.remove()
  await docker.remove()
}, 2 * MINUTES)

/** All that the container engine has of an environment. */
async function remains(id: EnvironmentId): Promise<string[]> {
  const filters = ofEnvironment(under.settings.installation, id)
  const found = await Promise.all([under.engine.cli.containers(filters), under.engine.cli.networks(filters)])
  return found.flat().map(({ name }) => name)
}

describe('a building', { timeout: 5 * MINUTES }, () => {
  test('whose disk is full says so, and leaves nothing', async () => {
    const id = freshId()
    docker.failAt('kubeadm init', 'open /var/lib/etcd/member/wal/0.tmp: no space left on device')
    await expect(under.engine.provision(specOf(id))).rejects.toMatchObject({
      code: 'ENGINE_NO_SPACE',
      values: { step: 'control-plane' },
      detail: expect.stringContaining('no space left on device'),
    })
    expect(await remains(id)).toEqual([])
    expect(await under.engine.inspect(id)).toBe('absent')
  })

  test('whose workstation cannot start says so at once, and does not wait for kind', async () => {
    const id = freshId()
    docker.failAt('wheelhouse-base', 'container create: executable file catatonit not found')
    const done: string[] = []
    const onStep = (event: StepEvent) => void (event.type === 'done' && done.push(event.step))
    await expect(under.engine.provision(specOf(id), { onStep })).rejects.toMatchObject({
      code: 'ENGINE_STEP_FAILED',
      values: { command: expect.stringContaining('wheelhouse-base') },
      detail: expect.stringContaining('catatonit not found'),
    })
    expect(done).not.toContain('control-plane')
    expect(await remains(id)).toEqual([])
  })

  test('in the midst of which the engine falls silent says so; what is left is found and removed when it is back', async () => {
    const id = freshId()
    const onStep = (event: StepEvent) => {
      if (event.type === 'started' && event.step === 'control-plane') docker.fallSilent()
    }
    await expect(under.engine.provision(specOf(id), { onStep })).rejects.toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      values: { why: expect.stringContaining('Cannot connect to the Docker daemon') },
    })
    expect(await under.engine.status()).toMatchObject({ available: false, remedy: { key: 'doctor.containers.remedy' } })
    await expect(under.engine.provision(specOf(id))).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
    docker.heal()
    expect(await under.engine.status()).toMatchObject({ available: true })
    expect(await under.engine.inspect(id)).toEqual({ broken: 'its building was cut short' })
    expect(await under.engine.adopt()).toContain(id)
    await under.engine.destroy(id)
    expect(await remains(id)).toEqual([])
  })
})

describe('an environment', { timeout: 5 * MINUTES }, () => {
  const id = freshId()
  const grader = new ProcessGrader({ onOutput: () => {} })
  let environment: Environment

  afterAll(() => grader.close())

  const on = (machine: string, script: string, user: 'candidate' | 'root' = 'candidate') =>
    environment.run({ machine, user, argv: ['bash', '-lc', script], timeoutMs: 2 * MINUTES })
  const graded = (checks: string): Promise<Verdict> =>
    grader.check({ environment, cluster: 'main', task: taskDouble({ checks }), params: {} }, { baseline: {} })

  const READS = `'a': async () => expectThat(await cluster.deployment('default', 'web'), 'spec.replicas').is(3)`
  const ASKS = `'a': async () => expectThat(await machine('controlplane').run(['hostname'])).is('controlplane')`

  test('whose building failed in kind says where and why, is kept for its logs on demand, and is built at the next try', async () => {
    docker.failAt('kubeadm init', 'error: the API server did not come up')
    const building = under.engine.provision(specOf(id), { keepOnFailure: true })
    await expect(building).rejects.toMatchObject({
      code: 'ENGINE_STEP_FAILED',
      values: { step: 'control-plane', command: expect.stringContaining('kind-') },
      detail: expect.stringContaining('the API server did not come up'),
    })
    expect(await remains(id)).toContain(`wh-${id}-control-plane`)
    const logs = await mkdtemp(join(tmpdir(), 'wheelhouse-kind-logs-'))
    await under.engine.collectLogs(id, logs)
    expect(await readdir(join(logs, 'controlplane'))).toContain('kubelet.log')
    await rm(logs, { recursive: true })
    docker.heal()
    environment = await under.engine.provision(specOf(id))
    expect((await on('base', 'kubectl get --raw /readyz')).stdout).toBe('ok')
  })

  test('whose engine falls silent is no zero: it could not be graded, and all is there when the engine is back', async () => {
    expect(await graded(ASKS)).toMatchObject({ status: 'passed' })
    docker.fallSilent()
    await expect(on('base', 'true')).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' })
    const verdict = await graded(ASKS)
    expect(verdict).toMatchObject({ status: 'error', checks: [{ error: expect.stringContaining('ENGINE_UNAVAILABLE') }] })
    docker.heal()
    expect(await graded(ASKS)).toMatchObject({ status: 'passed' })
  })

  test('whose learner deletes all of kube-system still has its machines, its grader and its API', async () => {
    const deleted = await on('base', 'kubectl -n kube-system delete all --all --wait=false; kubectl delete namespace kube-system')
    expect(deleted.stderr).toContain('this namespace may not be deleted')
    expect(await under.engine.inspect(id)).toBe('running')
    expect(await graded(READS)).toMatchObject({ status: 'not-yet' })
    expect((await on('base', 'ssh controlplane hostname')).stdout).toBe('controlplane\n')
  })

  test('whose learner fills the disk has it counted, wherever it was filled', async () => {
    const MB = 1024 * 1024
    const before = (await under.engine.usage(id)).diskBytes ?? Number.NaN
    await on('base', 'fallocate -l 100M /tmp/filled')
    await on('controlplane', 'fallocate -l 100M /filled; fallocate -l 100M /var/filled', 'root')
    const after = (await under.engine.usage(id)).diskBytes ?? Number.NaN
    expect((after - before) / MB).toBeGreaterThan(290)
    await on('base', 'rm /tmp/filled')
    await on('controlplane', 'rm /filled /var/filled', 'root')
  })

  test('whose learner stops the API server fails with that, comes back as it was from a stop, and can be mended', async () => {
    await on('controlplane', 'mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/', 'root')
    await on('controlplane', 'while curl -sko /dev/null https://127.0.0.1:6443/readyz; do sleep 0.2; done', 'root')
    expect(await graded(READS)).toMatchObject({ status: 'failed', checks: [{ evidence: [{ found: expect.anything() }] }] })
    expect(await under.engine.inspect(id)).toBe('running')
    await under.engine.stop(id)
    const events: StepEvent[] = []
    environment = await under.engine.start(id, { onStep: (event) => events.push(event) })
    expect(events.at(-1)).toEqual({ type: 'done', step: 'start-cluster' })
    expect((await on('controlplane', 'test -e /root/kube-apiserver.yaml', 'root')).exitCode).toBe(0)
    const restored = await on('controlplane', '/usr/local/sbin/wheelhouse-restore-node', 'root')
    expect(restored.exitCode, restored.stderr + restored.stdout).toBe(0)
    expect((await on('base', 'kubectl get --raw /readyz')).stdout).toBe('ok')
  })

  test('whose machine is killed in the midst of a check fails with that machine', async () => {
    await under.engine.cli.run(['kill', `wh-${id}-control-plane`])
    const verdict = await graded(ASKS)
    expect(verdict).toMatchObject({
      status: 'failed',
      checks: [{ evidence: [{ found: { values: { why: expect.stringContaining('controlplane is exited') } } }] }],
    })
    expect(await under.engine.inspect(id)).toEqual({ broken: 'controlplane is exited' })
    environment = await under.engine.start(id)
    expect(await graded(ASKS)).toMatchObject({ status: 'passed' })
  })
})
