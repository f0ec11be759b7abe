import { expect, test } from 'vitest'
import type { Pod } from '../api/json.js'
import { BINDER_PATIENCE_MS, judgePod } from './judge-pod.js'

const unplaced = (message: string): Pod => ({
  kind: 'Pod',
  status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] },
})

test('a Pod that no node takes is on its way for as long as the scheduler may let it wait', () => {
  const judgement = judgePod(unplaced('0/2 nodes are available: 2 node(s) had untolerated taint(s).'), 0)
  expect(judgement).toMatchObject({ state: 'progressing', patienceMs: 11_000 })
})

test('one that waits for a claim is given the time that the volume binder takes', () => {
  const judgement = judgePod(unplaced('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'), 0)
  expect(judgement).toMatchObject({ state: 'progressing', patienceMs: BINDER_PATIENCE_MS })
})
