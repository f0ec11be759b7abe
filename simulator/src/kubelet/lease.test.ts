import { expect, test } from 'vitest'
import { SimulatedCluster } from '../cluster/cluster.js'

import { ManualClock, parseTime } from '../time/clock.js'

const renewals = async (cluster: SimulatedCluster) => {
  const { items } = await cluster.client().list('Lease', { namespace: 'kube-node-lease' })
  return items.map(({ spec }) => parseTime(spec?.renewTime))
}

test('kubelets renew their leases after ten seconds and at most upstream’s jitter, those of one process together', async () => {
  const clock = new ManualClock(Date.parse('2026-01-01T00:00:00.123Z'))
  const cluster = await SimulatedCluster.create({ shape: { controlPlanes: 1, workers: 2 }, clock })
  try {
    await cluster.started
    await clock.advance(77)
    const later = await SimulatedCluster.create({ shape: { controlPlanes: 1, workers: 0 }, clock })
    try {
      await later.started
      const before = [...(await renewals(cluster)), ...(await renewals(later))]
      expect(new Set(before).size).toBe(2)
      await clock.advance(11_000)
      const after = [...(await renewals(cluster)), ...(await renewals(later))]
      expect(after.length).toBe(4)
      expect(new Set(after).size).toBe(1)
      for (const [index, time] of after.entries()) {
        const waited = time - (before[index] ?? Number.NaN)
        expect(waited).toBeGreaterThanOrEqual(10_000)
        expect(waited).toBeLessThanOrEqual(10_400)
      }
    } finally {
      await later.close()
    }
  } finally {
    await cluster.close()
  }
})
