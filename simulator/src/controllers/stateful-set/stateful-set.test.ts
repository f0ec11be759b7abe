import { describe, expect, test } from 'vitest'
import { clusterOfFile, template } from '../testing.js'

const live = clusterOfFile()

const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
}

function create(name: string, spec: object = {}, podSpec: Record<string, unknown> = {}) {
  const labels = { app: name }
  return live.create('StatefulSet', name, {
    spec: {
      replicas: 3,
      serviceName: name,
      selector: { matchLabels: labels },
      template: template('sleep infinity', { labels, ...podSpec }),
      ...spec,
    },
  })
}
const pods = async (name: string) => (await live.client.list('Pod', { namespace: 'default', labelSelector: `app=${name}` })).items
const images = async (name: string) =>
  (await pods(name)).map((pod) => `${pod.metadata.name} ${pod.spec.containers[0]?.env?.[0]?.value ?? ''}`.trim())
const change = (name: string, value: string) =>
  live.client.patch('StatefulSet', `default/${name}`, {
    spec: {
      template: {
        spec: { containers: [{ name: 'main', image: 'busybox:1.37', command: ['sleep', '1000'], env: [{ name: 'V', value }] }] },
      },
    },
  })

describe('a StatefulSet', () => {
  test('makes its Pods one after the other, each when the one before is ready, and takes the last away first', async () => {
    const readinessProbe = { exec: { command: ['true'] }, initialDelaySeconds: 10, periodSeconds: 1 }
    const containers = [{ name: 'main', image: 'busybox:1.37', command: ['sleep', '1000'], readinessProbe }]
    await create('ordered', { replicas: 2 }, { containers })
    await live.pass(5)
    expect(await live.names('Pod', 'app=ordered')).toEqual(['ordered-0'])
    await live.pass(10)
    expect(await live.names('Pod', 'app=ordered')).toEqual(['ordered-0', 'ordered-1'])
    await live.pass(15)
    const [first] = await pods('ordered')
    expect(first?.metadata.labels).toMatchObject({
      'apps.kubernetes.io/pod-index': '0',
      'statefulset.kubernetes.io/pod-name': 'ordered-0',
    })
    expect([first?.spec.hostname, first?.spec.subdomain]).toEqual(['ordered-0', 'ordered'])
    const set = await live.get('StatefulSet', 'ordered')
    expect(set.status).toMatchObject({
      replicas: 2,
      readyReplicas: 2,
      currentReplicas: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
    })
    expect(set.status?.currentRevision).toBe(set.status?.updateRevision)
    await live.client.patch('StatefulSet', 'default/ordered', { spec: { replicas: 1 } })
    await live.pass(3)
    expect(await live.names('Pod', 'app=ordered')).toEqual(['ordered-0'])
    expect(await live.events('ordered')).toEqual([
      'Normal SuccessfulCreate Create Pod ordered-0 in StatefulSet ordered successful',
      'Normal SuccessfulCreate Create Pod ordered-1 in StatefulSet ordered successful',
      'Normal SuccessfulDelete Delete Pod ordered-1 in StatefulSet ordered successful',
    ])
  })

  test('makes all at once where it may', async () => {
    await create('parallel', { podManagementPolicy: 'Parallel' })
    await live.pass(0.1)
    expect(await live.names('Pod', 'app=parallel')).toHaveLength(3)
  })

  test('rolls from the last to the partition, and back to what it was', async () => {
    await create('rolled', { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } })
    await live.pass(10)
    await change('rolled', 'two')
    await live.pass(10)
    expect(await images('rolled')).toEqual(['rolled-0', 'rolled-1 two', 'rolled-2 two'])
    const halfway = await live.get('StatefulSet', 'rolled')
    expect(halfway.status).toMatchObject({ currentReplicas: 1, updatedReplicas: 2 })
    expect(halfway.status?.currentRevision).not.toBe(halfway.status?.updateRevision)
    // Below the partition a Pod comes back as it was.
    await live.client.delete('Pod', 'default/rolled-0')
    await live.pass(5)
    expect(await images('rolled')).toEqual(['rolled-0', 'rolled-1 two', 'rolled-2 two'])
    await live.client.patch('StatefulSet', 'default/rolled', { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } })
    await live.pass(10)
    expect(await images('rolled')).toEqual(['rolled-0 two', 'rolled-1 two', 'rolled-2 two'])
    const done = await live.get('StatefulSet', 'rolled')
    expect(done.status?.currentRevision).toBe(done.status?.updateRevision)
    const revisions = (await live.client.list('ControllerRevision', { namespace: 'default', labelSelector: 'app=rolled' })).items
    expect(revisions.map((each) => each.revision).sort()).toEqual([1, 2])
  })

  test('replaces nothing by itself with OnDelete', async () => {
    await create('manual', { updateStrategy: { type: 'OnDelete' } })
    await live.pass(10)
    await change('manual', 'two')
    await live.pass(5)
    expect(await images('manual')).toEqual(['manual-0', 'manual-1', 'manual-2'])
    await live.client.delete('Pod', 'default/manual-1')
    await live.pass(5)
    expect(await images('manual')).toEqual(['manual-0', 'manual-1 two', 'manual-2'])
  })

  test('gives each Pod a claim of its own, which stays unless the retention policy says otherwise', async () => {
    await create('kept', { replicas: 2, volumeClaimTemplates: [claim] })
    const persistentVolumeClaimRetentionPolicy = { whenScaled: 'Delete', whenDeleted: 'Delete' }
    await create('gone', { replicas: 2, volumeClaimTemplates: [claim], persistentVolumeClaimRetentionPolicy })
    await live.pass(15)
    const all = ['data-gone-0', 'data-gone-1', 'data-kept-0', 'data-kept-1']
    expect(await live.names('PersistentVolumeClaim')).toEqual(all)
    for (const name of ['kept', 'gone']) await live.client.patch('StatefulSet', `default/${name}`, { spec: { replicas: 1 } })
    await live.pass(15)
    expect(await live.names('PersistentVolumeClaim')).toEqual(['data-gone-0', 'data-kept-0', 'data-kept-1'])
    for (const name of ['kept', 'gone']) await live.client.delete('StatefulSet', `default/${name}`)
    await live.pass(15)
    expect(await live.names('PersistentVolumeClaim')).toEqual(['data-kept-0', 'data-kept-1'])
  })
})

describe('the claims of a StatefulSet', () => {
  const policy = { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain', whenDeleted: 'Delete' } }
  const owners = async (name: string) =>
    (await live.get('PersistentVolumeClaim', name)).metadata.ownerReferences?.map((each) => `${each.kind} ${each.name}`)

  test('are its own from the start, so that they go with a set that never came up', async () => {
    const containers = [{ name: 'main', image: 'no-such-image:1' }]
    await create('broken', { replicas: 2, volumeClaimTemplates: [claim], ...policy }, { containers })
    await live.pass(5)
    expect(await live.names('PersistentVolumeClaim', 'app=broken')).toEqual(['data-broken-0'])
    expect(await owners('data-broken-0')).toEqual(['StatefulSet broken'])
    await live.client.delete('StatefulSet', 'default/broken')
    await live.pass(10)
    expect(await live.names('PersistentVolumeClaim', 'app=broken')).toEqual([])
  })

  test('follow a policy that changes later, which an Event tells of for each Pod', async () => {
    await create('later', { replicas: 1, volumeClaimTemplates: [claim] })
    await live.pass(10)
    expect(await owners('data-later-0')).toBeUndefined()
    await live.client.patch('StatefulSet', 'default/later', { spec: policy })
    await live.pass(2)
    expect(await owners('data-later-0')).toEqual(['StatefulSet later'])
    expect((await live.events('later')).at(-1)).toBe('Normal SuccessfulUpdate Update Pod later-0 in StatefulSet later successful')
    await live.client.delete('StatefulSet', 'default/later')
    await live.pass(10)
  })
})
