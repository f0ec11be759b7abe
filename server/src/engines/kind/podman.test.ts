/** What Podman 4.3 answers, as it was heard, and what the house makes of it. */
import { expect, test } from 'vitest'
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
