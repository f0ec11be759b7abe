import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { ThisComputer } from '../../hosts/this-computer.js'
import { engineContract } from '../contract.js'
import { sandboxMissing } from './sandbox.js'
import { kubectl, makeTestEngine, SharedEnvironment } from './testing.js'

const missing = process.platform === 'linux' ? await sandboxMissing(new ThisComputer(tmpdir())) : 'not Linux'
if (missing) console.error(`simulated engine: NOT RUN, no sandbox here: ${missing}`)

const bounds = { memoryBytes: 150_000_000, processes: 60 }

if (!missing) engineContract('simulated', () => makeTestEngine({ bounds }), { timeoutMs: 60_000, hasClusters: true })

describe.skipIf(missing)('the sandbox of the simulated engine', () => {
  const shared = new SharedEnvironment({ bounds })
  const { sh, id } = shared

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
    const before = (await shared.under.engine.usage(id)).diskBytes ?? 0
    await sh('head -c 5000000 /dev/urandom > ~/large')
    const { diskBytes, memoryBytes } = await shared.under.engine.usage(id)
    expect(diskBytes).toBeGreaterThan(before + 4_900_000)
    expect(memoryBytes).not.toBeNull()
  })

  test.skipIf(!kubectl)('the real kubectl reaches its cluster, and its own alone', async () => {
    const nodes = await sh('kubectl get nodes --no-headers')
    expect(nodes.stdout).toMatch(/controlplane\s+Ready\s+control-plane[\s\S]+node01\s+Ready/)
  })
})
