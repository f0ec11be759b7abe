import { expect, test } from 'vitest'
import { clusterOfFile, template } from './testing.js'

const live = clusterOfFile()

test('a ReplicationController keeps its Pods', async () => {
  const labels = { app: 'old' }
  await live.create('ReplicationController', 'old', { spec: { replicas: 2, template: template('sleep infinity', { labels }) } })
  await live.pass(3)
  expect((await live.get('ReplicationController', 'old')).status).toMatchObject({ replicas: 2, readyReplicas: 2 })
  const [first = ''] = await live.names('Pod', 'app=old')
  await live.client.delete('Pod', `default/${first}`)
  await live.pass(3)
  expect(await live.names('Pod', 'app=old')).toHaveLength(2)
})

test('a quota counts what is there, what comes and what goes', async () => {
  const hard = { pods: '4', 'requests.cpu': '1', 'count/configmaps': '5', services: '2' }
  await live.create('ResourceQuota', 'all', { spec: { hard } })
  await live.pass(1)
  const used = async () => (await live.get('ResourceQuota', 'all')).status?.used
  expect(await used()).toEqual({ pods: '2', 'requests.cpu': '0', 'count/configmaps': '1', services: '1' })
  const resources = { requests: { cpu: '300m' } }
  const pod = {
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image: 'busybox:1.37', command: ['sleep', '9'], resources }],
      restartPolicy: 'Never',
    },
  }
  await live.create('Pod', 'brief', pod)
  await live.create('Pod', 'other', pod)
  await live.pass(1)
  expect(await used()).toMatchObject({ pods: '4', 'requests.cpu': '600m' })
  await expect(live.create('Pod', 'many', pod)).rejects.toThrow('exceeded quota: all')
  await live.client.delete('Pod', 'default/other')
  await live.pass(12)
  expect(await used()).toMatchObject({ pods: '2', 'requests.cpu': '0' })
})

test('a ClusterRole gathers the rules of those that it selects', async () => {
  const matchLabels = { 'example.com/aggregate': 'yes' }
  const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })
  const role = (name: string, more: object) =>
    live.client.create('ClusterRole', { metadata: { name, labels: matchLabels }, ...more } as never)
  await role('part-b', { rules: [rule('pods')] })
  await live.client.create('ClusterRole', {
    metadata: { name: 'whole' },
    rules: [],
    aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
  } as never)
  await live.pass(1)
  await role('part-a', { rules: [rule('secrets'), rule('pods')] })
  await live.pass(1)
  expect((await live.client.get('ClusterRole', 'whole')).rules).toEqual([rule('secrets'), rule('pods')])
  await live.client.delete('ClusterRole', 'part-a')
  await live.client.delete('ClusterRole', 'part-b')
  await live.pass(1)
  expect((await live.client.get('ClusterRole', 'whole')).rules).toBeNull()
})

test('Endpoints that somebody wrote for a Service without selector reach its traffic', async () => {
  await live.create('Service', 'outside', { spec: { ports: [{ port: 80, targetPort: 9376 }] } })
  await live.create('Endpoints', 'outside', { subsets: [{ addresses: [{ ip: '192.0.2.42' }], ports: [{ port: 9376 }] }] })
  await live.pass(1)
  const mirrored = async () =>
    (await live.client.list('EndpointSlice', { namespace: 'default', labelSelector: 'kubernetes.io/service-name=outside' })).items
  expect(await mirrored()).toMatchObject([
    {
      metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' } },
      endpoints: [{ addresses: ['192.0.2.42'], conditions: { ready: true } }],
      ports: [{ port: 9376, protocol: 'TCP' }],
    },
  ])
  await live.client.patch('Endpoints', 'default/outside', {
    subsets: [{ addresses: [{ ip: '192.0.2.43' }], ports: [{ port: 9376 }] }],
  })
  await live.pass(1)
  expect((await mirrored()).flatMap((slice) => slice.endpoints?.[0]?.addresses ?? [])).toEqual(['192.0.2.43'])
  await live.client.delete('Endpoints', 'default/outside')
  await live.pass(1)
  expect(await mirrored()).toEqual([])
})

test('a range of addresses for Services is ready, gives addresses, and waits for its Services before it goes', async () => {
  const range = { metadata: { name: 'second' }, spec: { cidrs: ['198.51.100.0/28'] } }
  await live.client.create('ServiceCIDR', range as never)
  await live.pass(1)
  const found = await live.client.get('ServiceCIDR', 'second')
  expect(found.metadata.finalizers).toEqual(['networking.k8s.io/service-cidr-finalizer'])
  expect(found.status?.conditions).toMatchObject([{ type: 'Ready', status: 'True', message: 'Kubernetes Service CIDR is ready' }])
  await live.client.delete('ResourceQuota', 'default/all')
  await live.create('Service', 'there', { spec: { clusterIP: '198.51.100.7', ports: [{ port: 80 }] } })
  expect((await live.client.get('IPAddress', '198.51.100.7')).spec).toEqual({
    parentRef: { resource: 'services', namespace: 'default', name: 'there' },
  })
  await live.client.delete('ServiceCIDR', 'second')
  await live.pass(20)
  expect((await live.client.get('ServiceCIDR', 'second')).status?.conditions).toMatchObject([
    { type: 'Ready', status: 'False', reason: 'Terminating' },
  ])
  await live.client.delete('Service', 'default/there')
  await live.pass(1)
  await expect(live.client.get('IPAddress', '198.51.100.7')).rejects.toThrow('not found')
  await expect(live.client.get('ServiceCIDR', 'second')).rejects.toThrow('not found')
})

test('a FlowSchema says whether its priority level is there', async () => {
  const schema = { metadata: { name: 'mine' }, spec: { priorityLevelConfiguration: { name: 'later' }, matchingPrecedence: 7 } }
  await live.client.create('FlowSchema', schema as never)
  await live.pass(1)
  const dangling = async () => (await live.client.get('FlowSchema', 'mine')).status?.conditions
  expect(await dangling()).toMatchObject([{ type: 'Dangling', status: 'True', reason: 'NotFound' }])
  await live.client.create('PriorityLevelConfiguration', {
    metadata: { name: 'later' },
    spec: { type: 'Exempt', exempt: {} },
  } as never)
  await live.pass(1)
  expect(await dangling()).toMatchObject([{ type: 'Dangling', status: 'False', reason: 'Found' }])
})
