/** What Podman 4.3 answers, as it was heard, and what the house makes of it. */
import { expect, test } from 'vitest'
import type { ExecutionHost, HostCommand } from '../../hosts/execution-host.js'
import { ContainerCli } from './container-cli.js'
import { ofEnvironment } from './labels.js'
import { podmanContainers, podmanFacts, podmanNetworks } from './podman.js'

const LABELS = { 'wheelhouse.environment': 'abc', 'wheelhouse.machine': 'node01', 'wheelhouse.role': 'worker' }

test('containers, with labels or without', () => {
  const answer = [
    { Names: ['wh-abc-worker'], State: 'running', Labels: LABELS },
    { Names: ['other'], State: 'exited', Labels: null },
  ]
  expect(podmanContainers(JSON.stringify(answer))).toEqual([
    { name: 'wh-abc-worker', state: 'running', environment: 'abc', machine: 'node01', role: 'worker' },
    { name: 'other', state: 'exited', environment: '', machine: '', role: '' },
  ])
  expect(podmanContainers('')).toEqual([])
})

test('networks, of which its own has no labels', () => {
  const answer = [{ name: 'podman' }, { name: 'wheelhouse-abc', labels: { 'wheelhouse.environment': 'abc' } }]
  expect(podmanNetworks(JSON.stringify(answer))).toEqual([
    { name: 'podman', environment: '' },
    { name: 'wheelhouse-abc', environment: 'abc' },
  ])
})

test('facts of the engine', () => {
  const info = {
    host: { cgroupVersion: 'v2', memTotal: 25_276_502_016, cpus: 2 },
    store: { graphRoot: '/var/lib/containers/storage' },
    version: { Version: '4.3.1', APIVersion: '4.3.1' },
  }
  expect(podmanFacts(JSON.stringify(info))).toEqual({
    version: '4.3.1',
    apiVersion: '4.3.1',
    cgroupVersion: 2,
    memoryBytes: 25_276_502_016,
    cpus: 2,
    rootDirectory: '/var/lib/containers/storage',
  })
})

test('of volumes those alone that bear every label: it would list what bears any one', async () => {
  const labels: Record<string, string[]> = {
    mine: ['label=wheelhouse.installation=i', 'label=wheelhouse.environment=a'],
    neighbour: ['label=wheelhouse.installation=i', 'label=wheelhouse.environment=b'],
    others: ['label=wheelhouse.installation=j', 'label=wheelhouse.environment=a'],
  }
  const run = async ({ argv }: HostCommand) => {
    const found = Object.keys(labels).filter((name) => argv.some((word) => labels[name]?.includes(word)))
    return { exitCode: 0, stdout: found.join('\n'), stderr: '' }
  }
  const cli = new ContainerCli({ run } as unknown as ExecutionHost, 'podman')
  expect(await cli.volumes(ofEnvironment('i', 'a'))).toEqual(['mine'])
})
