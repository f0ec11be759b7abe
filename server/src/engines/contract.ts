/**
 * What every engine promises, as tests. A file `x.test.ts` calls `engineContract('x', async () => ...)`; one environment is shared by
 * the tests that only look, so that an engine whose clusters take half a minute is still tested in minutes.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EnvironmentId } from '@wheelhouse/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandTimeout } from '../hosts/execution-host.js'
import { checkpointContract } from './contract-checkpoints.js'
import type { Engine, EngineCapabilities, Environment, StepEvent } from './engine.js'
import { freshId, specOf } from './testing/specs.js'

export { freshId, specOf } from './testing/specs.js'

export interface EngineUnderTest {
  engine: Engine
  /** Another engine object on the same installation: what a restarted server has. */
  again: () => Promise<Engine>
  /** What must hold beyond the contract, of the environment that its tests share. */
  alsoHolds?: (shared: Environment) => Promise<void>
  /** Removes what `createEngine` itself made; environments are destroyed before. */
  remove: () => Promise<void>
}

export interface ContractOptions {
  /** Milliseconds for one test that provisions. */
  timeoutMs?: number
  /** Whether its kubeconfigs lead to a cluster that answers. */
  hasClusters?: boolean
}

export function engineContract(name: string, createEngine: () => Promise<EngineUnderTest>, options: ContractOptions = {}): void {
  const timeout = options.timeoutMs ?? 10_000
  describe(`engine contract: ${name}`, () => {
    let under: EngineUnderTest
    let engine: Engine
    let can: EngineCapabilities
    let shared: Environment
    const events: StepEvent[] = []
    const made = new Set<EnvironmentId>()
    const newId = () => {
      const id = freshId()
      made.add(id)
      return id
    }
    const run = (argv: readonly [string, ...string[]], more: { stdin?: string; user?: 'root' | 'candidate' } = {}) =>
      shared.run({ machine: 'base', user: 'candidate', timeoutMs: timeout, argv, ...more })

    beforeAll(async () => {
      under = await createEngine()
      engine = under.engine
      can = await engine.capabilities()
      const kubernetes = can.kubernetesVersions[0] ?? ''
      shared = await engine.provision(specOf(newId(), { kubernetes, workers: 1 }), { onStep: (event) => events.push(event) })
    }, timeout)

    afterAll(async () => {
      for (const id of made) await engine?.destroy(id)
      await engine?.close()
      await under?.remove()
    }, timeout)

    test('says that it is available, and its version', async () => {
      expect(await engine.status()).toMatchObject({ available: true, version: expect.stringMatching(/\d/) })
    })

    test('names its Kubernetes versions as v1.NN, newest first', () => {
      const minors = can.kubernetesVersions.map((version) => Number(/^v1\.(\d+)$/.exec(version)?.[1]))
      expect(minors.length).toBeGreaterThan(0)
      expect(minors).toEqual([...minors].sort((a, b) => b - a))
    })

    test('provision tells its steps: a plan first, then each begun and ended in turn', () => {
      const [plan, ...rest] = events
      expect(plan?.type).toBe('plan')
      const planned = plan?.type === 'plan' ? plan.steps.map((step) => step.name) : []
      const begun = rest.filter((event) => event.type === 'started').map((event) => event.step)
      const ended = rest.filter((event) => event.type === 'done').map((event) => event.step)
      expect(new Set(begun).size).toBe(begun.length)
      expect([...ended].sort()).toEqual([...begun].sort())
      for (const step of begun) expect(planned).toContain(step)
      const skipped = rest.filter((event) => event.type === 'skipped').map((event) => event.step)
      expect([...begun, ...skipped].sort()).toEqual([...planned].sort())
    })

    test('names its machines and its nodes', () => {
      expect(shared.machines).toEqual([
        { name: 'base', role: 'base', cluster: null },
        expect.objectContaining({ name: 'controlplane', role: 'control-plane', cluster: 'main' }),
        expect.objectContaining({ name: 'node01', role: 'worker', cluster: 'main' }),
      ])
      const shells = can.offers.includes('nodes') ? ['base', 'controlplane', 'node01'] : ['base']
      expect(shared.machines.filter(({ shell }) => shell !== false).map(({ name }) => name)).toEqual(shells)
      expect(shared.clusters.map(({ name: cluster, nodes }) => ({ cluster, nodes }))).toEqual([
        { cluster: 'main', nodes: ['controlplane', 'node01'] },
      ])
    })

    test('gives two kubeconfigs that are not the same', () => {
      const [cluster] = shared.clusters
      expect(cluster?.learnerKubeconfig).toContain('server')
      expect(cluster?.graderKubeconfig).toContain('server')
      expect(cluster?.learnerKubeconfig).not.toBe(cluster?.graderKubeconfig)
    })

    test('keeps what was promised of it beyond this contract', async () => under.alsoHolds?.(shared))

    test('is running, and another server on this installation finds and opens it', async () => {
      expect(await engine.inspect(shared.id)).toBe('running')
      const other = await under.again()
      expect(await other.adopt()).toContain(shared.id)
      const opened = await other.open(shared.id)
      expect(opened.machines).toEqual(shared.machines)
      expect(opened.clusters.map((cluster) => cluster.nodes)).toEqual(shared.clusters.map((cluster) => cluster.nodes))
      expect((await opened.run({ machine: 'base', user: 'candidate', argv: ['true'], timeoutMs: timeout })).exitCode).toBe(0)
      await other.close()
    })

    test(
      'provision of a healthy environment gives it back as it is',
      async () => {
        await run(['sh', '-c', 'echo mine > "$HOME/work"'])
        const again = await engine.provision(specOf(shared.id, { kubernetes: can.kubernetesVersions[0] ?? '', workers: 1 }))
        const work = await again.run({
          machine: 'base',
          user: 'candidate',
          argv: ['sh', '-c', 'cat "$HOME/work"'],
          timeoutMs: timeout,
        })
        expect(work.stdout).toBe('mine\n')
      },
      timeout,
    )

    test('run gives both streams and the exit code, whatever it is', async () => {
      expect(await run(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' })
    })

    test('run passes arguments as they are and feeds standard input', async () => {
      expect((await run(['printf', '%s', '$HOME `id` "q" *'])).stdout).toBe('$HOME `id` "q" *')
      expect((await run(['cat'], { stdin: 'héllo 汉\n' })).stdout).toBe('héllo 汉\n')
    })

    test('run of a program that is not there exits with 126 or 127', async () => {
      expect([126, 127]).toContain((await run(['wheelhouse-no-such-program'])).exitCode)
    })

    test(
      'run kills the command at its limit, children too',
      async () => {
        const marker = `sleep 3${process.pid}.5`
        const argv = ['sh', '-c', `${marker} & ${marker}`] as const
        const outcome = shared.run({ machine: 'base', user: 'candidate', argv, timeoutMs: 500 })
        await expect(outcome).rejects.toBeInstanceOf(CommandTimeout)
        await expect(nothingRuns(shared, marker)).resolves.toBe(true)
      },
      timeout,
    )

    test(
      'run that is aborted kills the command',
      async () => {
        const marker = `sleep 4${process.pid}.5`
        const abort = new AbortController()
        const argv = ['sh', '-c', marker] as const
        const outcome = shared.run({ machine: 'base', user: 'candidate', argv, timeoutMs: timeout, signal: abort.signal })
        const settled = expect(outcome).rejects.toThrow()
        await somethingRuns(shared, marker)
        abort.abort()
        await settled
        await expect(nothingRuns(shared, marker)).resolves.toBe(true)
      },
      timeout,
    )

    test('putFile and getFile are byte-exact, make folders and keep the mode', async () => {
      const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256))
      await shared.putFile('node01', 'root', '/var/tmp/deep/er/file', bytes, 0o700)
      expect((await shared.getFile('node01', '/var/tmp/deep/er/file')).equals(bytes)).toBe(true)
      await expect(shared.getFile('node01', '/var/tmp/none')).rejects.toThrow()
    })

    test('a machine that does not exist is refused', async () => {
      const outcome = shared.run({ machine: 'node09', user: 'root', argv: ['true'], timeoutMs: timeout })
      await expect(outcome).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })

    test('usage is numbers, or null where it cannot say', async () => {
      const usage = await engine.usage(shared.id)
      for (const value of [usage.memoryBytes, usage.diskBytes, usage.cpuCores])
        expect(value === null || value >= 0, `${value}`).toBe(true)
    })

    test(
      'collectLogs writes files',
      async () => {
        const directory = await mkdtemp(join(tmpdir(), 'wheelhouse-logs-'))
        await engine.collectLogs(shared.id, directory)
        expect((await readdir(directory, { recursive: true })).length).toBeGreaterThan(0)
        await rm(directory, { recursive: true })
      },
      timeout,
    )

    checkpointContract({
      engine: () => ({ engine, again: under.again, can, shared }),
      newId,
      timeout,
      hasClusters: options.hasClusters ?? false,
    })

    test(
      'a stopped environment keeps its files, refuses to open, and starts again',
      async () => {
        await shared.putFile('base', 'candidate', '/home/candidate/kept', 'work')
        await engine.stop(shared.id)
        await engine.stop(shared.id)
        expect(await engine.inspect(shared.id)).toBe('stopped')
        expect(await engine.adopt()).toContain(shared.id)
        await expect(engine.open(shared.id)).rejects.toMatchObject({ code: 'ENVIRONMENT_NOT_READY' })
        const started = await engine.start(shared.id)
        expect(await engine.inspect(shared.id)).toBe('running')
        expect((await started.getFile('base', '/home/candidate/kept')).toString()).toBe('work')
      },
      timeout,
    )

    test('what it cannot do is refused before anything is made', async () => {
      const id = newId()
      const before = await engine.adopt()
      const outcome = engine.provision(specOf(id, { kubernetes: 'v1.3' }))
      await expect(outcome).rejects.toMatchObject({ code: 'ENGINE_UNSUPPORTED' })
      expect(await engine.inspect(id)).toBe('absent')
      expect(await engine.adopt()).toEqual(before)
    })

    test(
      'provision that is aborted half-way rejects and leaves nothing behind',
      async () => {
        const id = newId()
        const abort = new AbortController()
        const onStep = (event: StepEvent) => {
          if (event.type === 'started' && event.step === 'machines') abort.abort()
        }
        const kubernetes = can.kubernetesVersions[0] ?? ''
        const outcome = engine.provision(specOf(id, { kubernetes }), { signal: abort.signal, onStep })
        await expect(outcome).rejects.toMatchObject({ code: 'ENGINE_ABORTED' })
        expect(await engine.inspect(id)).toBe('absent')
        expect(await engine.adopt()).not.toContain(id)
      },
      timeout,
    )

    test('an environment that never was is absent, and destroying it is no fault', async () => {
      const id = newId()
      expect(await engine.inspect(id)).toBe('absent')
      await engine.destroy(id)
      await expect(engine.open(id)).rejects.toMatchObject({ code: 'ENVIRONMENT_NOT_READY' })
      await expect(engine.start(id)).rejects.toMatchObject({ code: 'ENVIRONMENT_BROKEN' })
    })

    test(
      'destroy removes all of it, and may be said twice',
      async () => {
        await engine.destroy(shared.id)
        await engine.destroy(shared.id)
        expect(await engine.inspect(shared.id)).toBe('absent')
        expect(await engine.adopt()).not.toContain(shared.id)
      },
      timeout,
    )
  })
}

/** Whether a process on the machine has the command line that standard input names; not as an argument, or it would find itself. */
const RUNS =
  'read -r wanted; all=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "); case $all in *"$wanted"*) exit 0 ;; esac; exit 1'

async function isRunning(environment: Environment, commandLine: string): Promise<boolean> {
  const look = { machine: 'base', user: 'root', stdin: `${commandLine}\n`, timeoutMs: 20_000 } as const
  const { exitCode } = await environment.run({ ...look, argv: ['sh', '-c', RUNS] })
  return exitCode === 0
}

async function nothingRuns(environment: Environment, commandLine: string): Promise<true> {
  while (await isRunning(environment, commandLine));
  return true
}

async function somethingRuns(environment: Environment, commandLine: string): Promise<true> {
  while (!(await isRunning(environment, commandLine)));
  return true
}
