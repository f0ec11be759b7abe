import { environmentId } from '@wheelhouse/protocol'
import { expect, test } from 'vitest'
import { specOf } from './contract.js'
import { machinesOf } from './machines.js'

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
