import { environmentId } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { specOf } from './contract.js'
import type { EngineCapabilities } from './engine.js'
import { machinesOf, refuseUnsupported } from './machines.js'

const namesOf = (change: Parameters<typeof specOf>[1]) =>
  machinesOf(specOf(environmentId('a'), change)).map((machine) => `${machine.name} ${machine.role}`)

test('names control planes, workers and bare nodes as the exam does', () => {
  expect(namesOf({ controlPlanes: 3, workers: 2, bareNodes: 1 })).toEqual([
    'base base',
    'controlplane control-plane',
    'controlplane02 control-plane',
    'controlplane03 control-plane',
    'node01 worker',
    'node02 worker',
    'node03 bare',
  ])
})

test('a second cluster carries its name in front', () => {
  const [cluster] = specOf(environmentId('a')).clusters
  if (!cluster) throw new Error('no cluster')
  const machines = machinesOf({ clusters: [cluster, { ...cluster, name: 'east', workers: 1 }] })
  expect(machines.map((machine) => machine.name)).toEqual(['base', 'controlplane', 'east-controlplane', 'east-node01'])
})

test('an add-on that the engine does not have is refused by its name', () => {
  const can: EngineCapabilities = {
    kubernetesVersions: ['v1.36'],
    mostNodes: 8,
    controlPlanes: [1],
    offers: ['api'],
    networkPolicy: true,
    checkpoints: false,
    stops: true,
  }
  const spec = specOf(environmentId('a'), { addons: ['metrics-server'] })
  const refusing = (addons: EngineCapabilities['addons']) => () =>
    refuseUnsupported(spec, { ...can, ...(addons && { addons }) }, 'double')
  const unsupported = { code: 'ENGINE_UNSUPPORTED', values: { engine: 'double', what: 'the add-on metrics-server' } }
  expect(refusing(undefined)).toThrow(expect.objectContaining(unsupported))
  expect(refusing([])).toThrow(expect.objectContaining(unsupported))
  expect(refusing(['metrics-server'])).not.toThrow()
})
