/**
 * The contract, on a host with a file system and an address of its own: what runs there runs on this computer too, as all the other
 * tests on real clusters do. Podman has no daemon: what it mounts in one command's namespace the next would not see, so there the host
 * is this computer.
 */
import { expect } from 'vitest'
import { DistantHost } from '../../hosts/testing/distant-host.js'
import { type EngineUnderTest, engineContract } from '../contract.js'
import type { Environment } from '../engine.js'
import { kindUnderTest } from './testing.js'

const isDistant = (process.env.WHEELHOUSE_KIND_PROVIDER ?? 'docker') === 'docker'
engineContract(`kind on ${isDistant ? 'a distant host' : 'this computer, with Podman'}`, underTest, { timeoutMs: 300_000 })

async function underTest(): Promise<EngineUnderTest> {
  if (!isDistant) return kindUnderTest()
  let host: DistantHost | undefined
  const under = await kindUnderTest({}, async (directory) => {
    host = await DistantHost.make(directory)
    return host
  })
  return { ...under, alsoHolds: (shared) => gradedThrough(host, shared) }
}

/** The grader reaches the cluster through a port that the host opened, by a credential of its own. */
async function gradedThrough(host: DistantHost | undefined, shared: Environment): Promise<void> {
  const [cluster] = shared.clusters
  const [opened] = host?.opened ?? []
  expect(cluster?.graderKubeconfig).toContain(`https://${opened?.host}:${opened?.port}`)
  const nodes = await shared.run({
    machine: 'base',
    user: 'candidate',
    argv: ['kubectl', '--kubeconfig', '/dev/stdin', 'get', 'nodes', '-o', 'name'],
    // From where the cluster is.
    stdin: (cluster?.graderKubeconfig ?? '').replace(/server: .*/, 'server: https://controlplane:6443'),
    timeoutMs: 30_000,
  })
  expect(nodes).toEqual({ exitCode: 0, stdout: 'node/controlplane\nnode/node01\n', stderr: '' })
}
