import { beforeAll, describe, expect, test } from 'vitest'
import { clusterOfFile, template } from './testing.js'

const live = clusterOfFile()
beforeAll(async () => {
  const labels = { app: 'web' }
  await live.create('Deployment', 'web', {
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: template('sleep infinity', { labels, terminationGracePeriodSeconds: 5 }),
    },
  })
  await live.pass(5)
})

const evict = (pod: string) =>
  live.client.createSub('Pod', `default/${pod}`, { name: 'eviction', body: { metadata: { name: pod, namespace: 'default' } } })
const status = async (name: string) => (await live.get('PodDisruptionBudget', name)).status

describe('a PodDisruptionBudget', () => {
  test('allows as many evictions as leave enough Pods', async () => {
    await live.create('PodDisruptionBudget', 'web', { spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } } })
    await live.pass(1)
    expect(await status('web')).toMatchObject({ expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 })
    expect((await status('web'))?.conditions).toMatchObject([
      { type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' },
    ])
    const [first = '', second = ''] = await live.names('Pod', 'app=web')
    await evict(first)
    expect((await live.get('Pod', first)).status?.conditions?.at(-1)).toMatchObject({
      type: 'DisruptionTarget',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    })
    await expect(evict(second)).rejects.toThrow("Cannot evict pod as it would violate the pod's disruption budget.")
    expect(Object.keys((await status('web'))?.disruptedPods ?? {})).toEqual([first])
    await live.pass(10)
    expect(await status('web')).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 1 })
    expect((await status('web'))?.disruptedPods).toBeUndefined()
    await live.client.delete('PodDisruptionBudget', 'default/web')
  })

  test('counts a share of what the owners want', async () => {
    await live.create('PodDisruptionBudget', 'share', {
      spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } },
    })
    await live.pass(1)
    expect(await status('share')).toMatchObject({ expectedPods: 3, desiredHealthy: 2, disruptionsAllowed: 1 })
    await live.client.delete('PodDisruptionBudget', 'default/share')
  })

  test('without Pods allows nothing, and says so', async () => {
    await live.create('PodDisruptionBudget', 'empty', { spec: { minAvailable: 1, selector: { matchLabels: { app: 'none' } } } })
    await live.pass(1)
    expect(await status('empty')).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0 })
    expect(await live.events('empty')).toEqual(['Normal NoPods No matching pods found'])
  })
})
