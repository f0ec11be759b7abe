import { expect, test } from 'vitest'
import type { Pod } from '../schema/kubernetes.generated.js'
import { podStatus } from './pod-status.js'

const room = (phase: string, ...resources: object[]) => {
  const containers = resources.map((each, index) => ({ name: `c${index}`, resources: each }))
  const pod = { metadata: { name: 'web' }, spec: { containers } } as unknown as Pod
  const sizes = { given: undefined, actual: undefined }
  const facts = { pod, slots: [], phase, podIp: '', hostIp: '', startedAtMs: 0, hasSandbox: true, nowMs: 0, sizes }
  const { resources: shown, allocatedResources } = podStatus(facts)
  return { shown, allocatedResources }
}

test('a Pod shows what it has been given as a whole', () => {
  expect(room('Running', {})).toEqual({ shown: {} })
  const limited = { requests: { cpu: '100m', memory: '64Mi', 'ephemeral-storage': '1Gi' }, limits: { memory: '64Mi' } }
  expect(room('Running', limited)).toEqual({
    shown: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '64Mi' } },
    allocatedResources: limited.requests,
  })
  expect(room('Running', limited, {}).shown).toEqual({ requests: { cpu: '100m', memory: '64Mi' } })
  expect(room('Pending', limited, {}).shown).toEqual({ requests: limited.requests, limits: { memory: '64Mi' } })
})
