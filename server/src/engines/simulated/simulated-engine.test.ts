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
  const options = { host: new ThisComputer(directory), directory, kubectl: async () => kubectl ?? '/bin/true', hidden: [] }
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

  test.skipIf(!kubectl)('the real kubectl reaches its cluster, and its own alone', async () => {
    const nodes = await sh('kubectl get nodes --no-headers')
    expect(nodes.stdout).toMatch(/controlplane\s+Ready\s+control-plane[\s\S]+node01\s+Ready/)
  })
})
