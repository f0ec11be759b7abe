import { expect, test } from 'vitest'
import { DistantHost } from '../../hosts/testing/distant-host.js'
import { engineContract, freshId, specOf } from '../contract.js'
import { kindUnderTest } from './testing.js'

engineContract('kind', () => kindUnderTest(), { timeoutMs: 300_000 })

test('on a host with a file system and an address of its own nothing is assumed', { timeout: 300_000 }, async () => {
  let host: DistantHost | undefined
  const under = await kindUnderTest({}, async (directory) => {
    host = await DistantHost.make(directory)
    return host
  })
  try {
    const environment = await under.engine.provision(specOf(freshId()))
    const [cluster] = environment.clusters
    const [opened] = host?.opened ?? []
    expect(cluster?.graderKubeconfig).toContain(`https://${opened?.host}:${opened?.port}`)
    const nodes = await environment.run({
      machine: 'base',
      user: 'candidate',
      argv: ['kubectl', '--kubeconfig', '/dev/stdin', 'get', 'nodes', '-o', 'name'],
      // The grader's own credential, from where the cluster is.
      stdin: (cluster?.graderKubeconfig ?? '').replace(/server: .*/, 'server: https://controlplane:6443'),
      timeoutMs: 30_000,
    })
    expect(nodes).toEqual({ exitCode: 0, stdout: 'node/controlplane\n', stderr: '' })
  } finally {
    await under.engine.close()
    await under.remove()
  }
})
