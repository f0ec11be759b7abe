import { describe, expect, test } from 'vitest'
import type { ReplicaSet } from '../../schema/kubernetes.generated.js'
import { clusterOfFile, shell, template } from '../testing.js'
import { proportional } from './scaling.js'

const live = clusterOfFile({ controlPlanes: 1, workers: 2 })

const create = (name: string, spec: object = {}) =>
  live.create('Deployment', name, {
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: template('sleep infinity', { labels: { app: name } }),
      ...spec,
    },
  })
const change = (name: string, spec: object) => live.client.patch('Deployment', `default/${name}`, { spec })
const setContainer = (name: string, container: object) =>
  change(name, { template: { spec: { containers: [{ ...shell('sleep 1000'), ...container }] } } })
const conditions = async (name: string) =>
  ((await live.get('Deployment', name)).status?.conditions ?? []).map(({ type, status, reason }) => `${type} ${status} ${reason}`)
const progress = async (name: string) =>
  (await live.get('Deployment', name)).status?.conditions?.find(({ type }) => type === 'Progressing')
const sizes = async (name: string) => {
  const { items } = await live.client.list('ReplicaSet', { namespace: 'default', labelSelector: `app=${name}` })
  const revision = ({ metadata }: (typeof items)[number]) => Number(metadata.annotations?.['deployment.kubernetes.io/revision'])
  return items.sort((a, b) => revision(a) - revision(b)).map(({ spec }) => spec.replicas)
}
const scaled = async (name: string) =>
  (await live.events(name)).map((line) => line.replace(/^Normal ScalingReplicaSet Scaled (up|down) replica set \S+/, '$1'))

describe('the progress of a Deployment', () => {
  test('is over with the rollout: Pods that come, go or find no place later say nothing about it', async () => {
    await create('steady')
    await live.pass(5)
    expect(await conditions('steady')).toEqual([
      'Available True MinimumReplicasAvailable',
      'Progressing True NewReplicaSetAvailable',
    ])
    const before = await progress('steady')
    for (const pod of (await live.names('Pod', 'app=steady')).slice(0, 2)) await live.client.delete('Pod', `default/${pod}`)
    await live.pass(5)
    await change('steady', { replicas: 4, progressDeadlineSeconds: 20 })
    await live.pass(60)
    expect(await progress('steady')).toEqual(before)
    await live.client.delete('Deployment', 'default/steady')
  })

  test('has timed out when nothing has moved for the deadline, and a pause does not hide it', async () => {
    await create('stuck', { progressDeadlineSeconds: 30 })
    await live.pass(5)
    await setContainer('stuck', { image: 'no-such-image:1' })
    await live.pass(10)
    expect(await conditions('stuck')).toEqual(['Available True MinimumReplicasAvailable', 'Progressing True ReplicaSetUpdated'])
    await live.pass(40)
    const timedOut = await progress('stuck')
    expect([timedOut?.status, timedOut?.reason, timedOut?.message?.replace(/"stuck-\w+"/, 'RS')]).toEqual([
      'False',
      'ProgressDeadlineExceeded',
      'ReplicaSet RS has timed out progressing.',
    ])
    await change('stuck', { paused: true })
    await live.pass(2)
    expect(await progress('stuck')).toEqual(timedOut)
    await live.client.delete('Deployment', 'default/stuck')
  })

  test('is not followed without a deadline', async () => {
    await create('patient', { progressDeadlineSeconds: 2147483647 })
    await live.pass(5)
    expect(await conditions('patient')).toEqual(['Available True MinimumReplicasAvailable'])
    await live.client.delete('Deployment', 'default/patient')
  })

  test('tells of a ReplicaSet that may not be made', async () => {
    await live.create('ResourceQuota', 'none', { spec: { hard: { 'count/replicasets.apps': '0' } } })
    await live.pass(1)
    await create('refused')
    await live.pass(2)
    const message = expect.stringMatching(
      /^Failed to create new replica set "refused-\w+": replicasets.apps "refused-\w+" is forbidden: exceeded quota: none/,
    )
    expect(await progress('refused')).toMatchObject({ status: 'False', reason: 'ReplicaSetCreateError', message })
    expect((await live.events('refused'))[0]).toContain('Warning ReplicaSetCreateError Failed to create new replica set')
    await live.client.delete('ResourceQuota', 'default/none')
    await live.client.delete('Deployment', 'default/refused')
    await live.pass(2)
    live.errors.splice(0)
  })
})

describe('a Deployment that changes its size in the middle of a rollout', () => {
  test('shares the change in proportion, and the largest ReplicaSet takes what is left over', async () => {
    await create('shared', { replicas: 10, strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } })
    await live.pass(10)
    await setContainer('shared', { image: 'no-such-image:1' })
    await live.pass(5)
    expect(await sizes('shared')).toEqual([8, 5])
    await change('shared', { replicas: 15 })
    await live.pass(5)
    expect(await sizes('shared')).toEqual([11, 7])
    await change('shared', { replicas: 5 })
    await live.pass(5)
    // In proportion it is 5 and 3; then as many old ones go as may be missing, and the new one takes their place.
    expect(await sizes('shared')).toEqual([3, 5])
    await live.client.delete('Deployment', 'default/shared')
  })

  test('rounds, and the largest takes what is left over when it shrinks too', () => {
    const sized = [3, 6, 3].map((replicas, index) => ({
      metadata: {
        name: `rs-${index}`,
        creationTimestamp: `2026-01-01T00:00:0${index}Z`,
        annotations: { 'deployment.kubernetes.io/max-replicas': '12' },
      },
      spec: { replicas },
    })) as unknown as ReplicaSet[]
    const shares = proportional(sized, { desired: 7, maxSurge: 0, maxUnavailable: 1 })
    expect(shares.map(({ replicaSet, replicas }) => [replicaSet.metadata.name, replicas])).toEqual([
      ['rs-1', 3],
      ['rs-0', 2],
      ['rs-2', 2],
    ])
  })

  test('sizes an old ReplicaSet once for what is down and once for what may go', async () => {
    const readinessProbe = { exec: { command: ['test', '!', '-e', '/down'] }, periodSeconds: 1, failureThreshold: 1 }
    const { containers } = template('sleep infinity', {}).spec as { containers: object[] }
    await create('twice', {
      replicas: 4,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 2 } },
      template: template('', { labels: { app: 'twice' }, containers: containers.map((each) => ({ ...each, readinessProbe })) }),
    })
    await live.pass(10)
    const [sick] = await live.names('Pod', 'app=twice')
    await live.exec(sick ?? '', 'touch /down')
    await live.pass(3)
    await setContainer('twice', {})
    await live.pass(10)
    expect((await scaled('twice')).slice(0, 4)).toEqual([
      'up from 0 to 4',
      'up from 0 to 1',
      'down from 4 to 3',
      'down from 3 to 2',
    ])
    await live.client.delete('Deployment', 'default/twice')
  })
})
