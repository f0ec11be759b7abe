import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../client/client.js'
import { ManualClock } from '../time/clock.js'
import { SeededRandom } from '../time/random.js'
import { SimulatedCluster } from './cluster.js'

const labels = (app: string) => ({ app })

async function created(client: Client, name: string, options: { image?: string; command?: string[]; replicas?: number } = {}) {
  const { image = 'wheelhouse/app:1', command, replicas = 2 } = options
  const readinessProbe = { httpGet: { path: '/readyz', port: 8080 }, periodSeconds: 1, initialDelaySeconds: 1 }
  const container = { name: 'main', image, readinessProbe, ...(command ? { command } : {}) }
  const template = { metadata: { labels: labels(name) }, spec: { containers: [container] } }
  await client.create('Deployment', {
    metadata: { name, namespace: 'default' },
    spec: { replicas, selector: { matchLabels: labels(name) }, template },
  } as never)
}

describe('simulated cluster', () => {
  const clock = new ManualClock()
  let cluster: SimulatedCluster
  let client: Client
  const errors: unknown[] = []
  beforeAll(async () => {
    const images = ['wheelhouse/app:1', 'wheelhouse/app:2', 'wheelhouse/app:2-broken', 'busybox:1.37']
    cluster = await SimulatedCluster.create({
      shape: { controlPlanes: 1, workers: 1 },
      clock,
      random: new SeededRandom(3),
      images,
      onError: (where, error) => errors.push([where, error]),
    })
    client = cluster.client()
    await cluster.started
    await clock.advance(3_000)
  })
  afterAll(async () => {
    await cluster.close()
    expect(errors).toEqual([])
  })

  test('its own Pods come up', async () => {
    const { items } = await client.list('Pod', { namespace: 'kube-system' })
    expect(items.map((pod) => pod.status?.phase)).toEqual(items.map(() => 'Running'))
    expect(items.length).toBeGreaterThanOrEqual(8)
  })

  test('a Deployment becomes available, and its Service has endpoints', async () => {
    await created(client, 'web', { replicas: 3 })
    await client.create('Service', {
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: labels('web'), ports: [{ port: 80, targetPort: 8080 }] },
    } as never)
    await clock.advance(2_000)
    const web = await client.get('Deployment', 'default/web')
    expect(web.status).toMatchObject({ replicas: 3, availableReplicas: 3, updatedReplicas: 3 })
    expect(web.status?.conditions?.map((each) => each.reason)).toEqual(['MinimumReplicasAvailable', 'NewReplicaSetAvailable'])
    const { items } = await client.list('EndpointSlice', {
      namespace: 'default',
      labelSelector: 'kubernetes.io/service-name=web',
    })
    expect(items.flatMap((slice) => slice.endpoints ?? []).map((endpoint) => endpoint.conditions?.ready)).toEqual([
      true,
      true,
      true,
    ])
  })

  test('a release that crashes stops the rollout, and going back repairs it', async () => {
    await created(client, 'shop')
    await clock.advance(2_000)
    const image = (name: string) => ({
      spec: {
        template: {
          spec: { containers: [{ name: 'main', image: name, readinessProbe: { httpGet: { path: '/readyz', port: 8080 } } }] },
        },
      },
    })
    await client.patch('Deployment', 'default/shop', image('wheelhouse/app:2-broken'))
    await clock.advance(60_000)
    const broken = await client.get('Deployment', 'default/shop')
    expect(broken.status?.availableReplicas).toBe(2)
    const { items } = await client.list('Pod', { namespace: 'default', labelSelector: 'app=shop' })
    expect(items.map((pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason).filter(Boolean)).toEqual([
      'CrashLoopBackOff',
    ])
    await client.patch('Deployment', 'default/shop', image('wheelhouse/app:1'))
    await clock.advance(40_000)
    const repaired = await client.get('Deployment', 'default/shop')
    expect(repaired.status).toMatchObject({ replicas: 2, availableReplicas: 2, updatedReplicas: 2 })
    expect(repaired.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
  })

  test('a crash loop backs off for ten seconds and then twice as long', async () => {
    await client.create('Pod', {
      metadata: { name: 'crash', namespace: 'default' },
      spec: { containers: [{ name: 'main', image: 'busybox:1.37', command: ['sh', '-c', 'echo boom; exit 3'] }] },
    } as never)
    const restarts = async () => (await client.get('Pod', 'default/crash')).status?.containerStatuses?.[0]?.restartCount
    await clock.advance(2_000)
    expect(await restarts()).toBe(1)
    await clock.advance(10_000)
    expect(await restarts()).toBe(2)
    await clock.advance(20_000)
    expect(await restarts()).toBe(3)
    const state = (await client.get('Pod', 'default/crash')).status?.containerStatuses?.[0]
    expect(state).toMatchObject({
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    })
    expect(state?.state?.waiting?.message).toMatch(/^back-off 40s restarting failed container=main pod=crash_default/)
  })

  test('a claim of the standard class is bound when a Pod uses it', async () => {
    await client.create('PersistentVolumeClaim', {
      metadata: { name: 'data', namespace: 'default' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    } as never)
    await clock.advance(1_000)
    expect((await client.get('PersistentVolumeClaim', 'default/data')).status?.phase).toBe('Pending')
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }]
    const containers = [
      {
        name: 'main',
        image: 'busybox:1.37',
        command: ['sh', '-c', 'echo kept > /data/x; sleep infinity'],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ]
    await client.create('Pod', {
      metadata: { name: 'writer', namespace: 'default' },
      spec: { containers, volumes, terminationGracePeriodSeconds: 1 },
    } as never)
    await clock.advance(3_000)
    expect((await client.get('PersistentVolumeClaim', 'default/data')).status).toMatchObject({
      phase: 'Bound',
      capacity: { storage: '1Gi' },
    })
    expect((await client.get('Pod', 'default/writer')).status?.phase).toBe('Running')
  })

  test('a claim that names its volume does not bear the mark of having been given one', async () => {
    for (const name of ['told', 'chosen']) {
      await client.create('PersistentVolume', {
        metadata: { name },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          storageClassName: name,
          hostPath: { path: `/srv/${name}` },
        },
      } as never)
      await client.create('PersistentVolumeClaim', {
        metadata: { name, namespace: 'default' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: name,
          resources: { requests: { storage: '1Gi' } },
          ...(name === 'told' ? { volumeName: name } : {}),
        },
      } as never)
    }
    await clock.advance(1_000)
    const marks = async (name: string) => (await client.get('PersistentVolumeClaim', `default/${name}`)).metadata.annotations
    expect(await marks('told')).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' })
    expect(await marks('chosen')).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    })
  })

  test('a Pod that fits nowhere says why', async () => {
    const containers = [{ name: 'main', image: 'busybox:1.37' }]
    await client.create('Pod', {
      metadata: { name: 'pending', namespace: 'default' },
      spec: { containers, nodeSelector: { disk: 'ssd' } },
    } as never)
    await clock.advance(1_000)
    const condition = (await client.get('Pod', 'default/pending')).status?.conditions?.[0]
    expect(condition?.message).toBe(
      "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
    )
  })

  test('deleting a Deployment takes its Pods along, and a namespace everything in it', async () => {
    await client.create('Namespace', { metadata: { name: 'gone' } } as never)
    await clock.advance(500)
    await client.create('ConfigMap', { metadata: { name: 'left', namespace: 'gone' }, data: { a: 'b' } } as never)
    await client.delete('Deployment', 'default/web')
    await client.delete('Namespace', 'gone')
    await clock.advance(35_000)
    expect((await client.list('Pod', { namespace: 'default', labelSelector: 'app=web' })).items).toEqual([])
    expect((await client.list('Namespace')).items.map((each) => each.metadata.name)).not.toContain('gone')
  })

  test('a saved cluster comes back with what it held, and a restored one forgets what came later', async () => {
    const state = JSON.parse(JSON.stringify(cluster.save()))
    const again = await SimulatedCluster.create({
      shape: state.shape,
      from: state,
      clock: new ManualClock(clock.now()),
      random: new SeededRandom(9),
      apiOnly: true,
    })
    expect((await again.client().list('Pod')).items.length).toBe((await client.list('Pod')).items.length)
    const before = cluster.store.checkpoint()
    await client.create('ConfigMap', { metadata: { name: 'later', namespace: 'default' } } as never)
    cluster.restore(before)
    await clock.advance(2_000)
    await expect(client.get('ConfigMap', 'default/later')).rejects.toThrow('not found')
    await again.close()
  })
})
