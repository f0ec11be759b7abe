import { expect, test } from 'vitest'
import type { Pod } from '../schema/kubernetes.generated.js'
import { worstFirst } from './pods.js'

const NOW_MS = Date.parse('2026-01-01T12:00:00Z')
const at = (secondsAgo: number) => new Date(NOW_MS - secondsAgo * 1000).toISOString()
const ready = (name: string, nodeName: string, secondsAgo: number): Pod =>
  ({
    metadata: { name, creationTimestamp: at(secondsAgo) },
    spec: { nodeName, containers: [] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(secondsAgo) }] },
  }) as unknown as Pod
const names = (pods: Pod[]) => pods.map(({ metadata }) => metadata.name)

test('of a ReplicaSet those go first whose node has most of it and its kin', () => {
  const pods = [ready('alone', 'a', 10), ready('old', 'b', 500), ready('young', 'b', 20)]
  expect(names(worstFirst(pods, { related: pods, nowMs: NOW_MS }))).toEqual(['young', 'old', 'alone'])
  const kin = [ready('kin-1', 'a', 30), ready('kin-2', 'a', 30)]
  expect(names(worstFirst(pods, { related: [...pods, ...kin], nowMs: NOW_MS }))).toEqual(['alone', 'young', 'old'])
})

test('without company the youngest goes first', () => {
  expect(names(worstFirst([ready('old', 'b', 500), ready('alone', 'a', 10), ready('young', 'b', 20)]))).toEqual([
    'alone',
    'young',
    'old',
  ])
})
