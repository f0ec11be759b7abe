import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whichOn } from '../../hosts/local-files.js'
import { ThisComputer } from '../../hosts/this-computer.js'
import { engineContract, freshId, specOf } from '../contract.js'
import type { Environment } from '../engine.js'
import { sandboxMissing } from './sandbox.js'
import { SimulatedEngine } from './simulated-engine.js'

const missing = process.platform === 'linux' ? await sandboxMissing(new ThisComputer(tmpdir())) : 'not Linux'
const kubectl = await whichOn(process.env.PATH ?? '', 'kubectl')
if (missing) console.error(`simulated engine: NOT RUN, no sandbox here: ${missing}`)
if (!kubectl) console.error('simulated engine: tests with kubectl NOT RUN, it is not on the PATH')

async function makeEngine() {
  const directory = await mkdtemp(join(tmpdir(), 'wheelhouse-simulated-'))
  const options = {
    host: new ThisComputer(directory),
    directory,
    kubectl: async () => kubectl ?? '/bin/true',
    hidden: [],
    bounds: { memoryBytes: 150_000_000, processes: 60 },
  }
  return {
    engine: new SimulatedEngine(options),
    again: async () => new SimulatedEngine(options),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

if (!missing) engineContract('simulated', makeEngine, { timeoutMs: 60_000, hasClusters: true })

describe.skipIf(missing)('the sandbox of the simulated engine', () => {
  let under: Awaited<ReturnType<typeof makeEngine>>
  let environment: Environment
  const id = freshId()
  beforeAll(async () => {
    under = await makeEngine()
    environment = await under.engine.provision(specOf(id, { workers: 1 }))
  }, 60_000)
  afterAll(async () => {
    await under.engine.destroy(id)
    await under.engine.close()
    await under.remove()
  }, 60_000)
  const sh = (script: string) =>
    environment.run({ machine: 'base', user: 'candidate', argv: ['bash', '-c', script], timeoutMs: 30_000 })

  test('its system is read-only, its home is not', async () => {
    expect((await sh('touch /usr/x')).exitCode).not.toBe(0)
    expect((await sh('touch /etc/x')).exitCode).not.toBe(0)
    expect(await sh('echo kept > ~/mine && cat ~/mine')).toMatchObject({ exitCode: 0, stdout: 'kept\n' })
  })

  test('it sees no process but its own, and no network but loopback', async () => {
    expect((await sh('ls -d /proc/[0-9]* | wc -l')).stdout.trim()).toMatch(/^\d$/)
    expect((await sh('grep -c : /proc/net/dev')).stdout.trim()).toBe('1')
  })

  test('a program that takes too much memory is ended, and the environment goes on', async () => {
    const greedy = await sh('x=$(head -c 400000000 /dev/zero | tr "\\0" x); echo "kept it"')
    expect(greedy.stdout).toBe('')
    expect(greedy.exitCode).not.toBe(0)
    expect((await sh('echo well')).stdout).toBe('well\n')
  })

  test('who starts processes without end loses all of them, and the environment goes on', async () => {
    expect((await sh('for i in $(seq 80); do sleep 100 & done; wait; echo survived')).stdout).toBe('')
    expect((await sh('ls -d /proc/[0-9]* | wc -l')).stdout.trim()).toMatch(/^\d$/)
  })

  test('one process may not reserve all memory, write a file without end, or gain rights', async () => {
    expect((await sh('ulimit -v; ulimit -f; ulimit -u; ulimit -c')).stdout.trim().split('\n')).toEqual([
      '4194304',
      '1048576',
      '512',
      '0',
    ])
    expect((await sh('grep NoNewPrivs /proc/self/status; id -u')).stdout).toMatch(
      process.getuid?.() === 0 ? /NoNewPrivs:\t1\n6\d{4}\n/ : /./,
    )
  })

  test('what it has written is known', async () => {
    const before = (await under.engine.usage(id)).diskBytes ?? 0
    await sh('head -c 5000000 /dev/urandom > ~/large')
    const { diskBytes, memoryBytes } = await under.engine.usage(id)
    expect(diskBytes).toBeGreaterThan(before + 4_900_000)
    expect(memoryBytes).not.toBeNull()
  })

  test.skipIf(!kubectl)('the real kubectl reaches its cluster, and its own alone', async () => {
    const nodes = await sh('kubectl get nodes --no-headers')
    expect(nodes.stdout).toMatch(/controlplane\s+Ready\s+control-plane[\s\S]+node01\s+Ready/)
  })
})
