import { expect, test } from 'vitest'
import { liveCluster } from '../controllers/testing.js'
import type { Pod } from '../schema/kubernetes.generated.js'
import { hostnameOf, kernelNameOf } from './system-files.js'

const pod = (spec: object) =>
  ({ metadata: { name: 'web-0', namespace: 'shop' }, spec: { containers: [], ...spec } }) as unknown as Pod
const names = (spec: object) => {
  const hostname = hostnameOf(pod(spec), 'node01')
  return [hostname, kernelNameOf(pod(spec), hostname)]
}

test('a Pod may be called by its full name, or by one of its own', () => {
  expect(names({ subdomain: 'web' })).toEqual(['web-0', 'web-0'])
  expect(names({ subdomain: 'web', setHostnameAsFQDN: true })).toEqual(['web-0', 'web-0.web.shop.svc.cluster.local'])
  expect(names({ setHostnameAsFQDN: true })).toEqual(['web-0', 'web-0'])
  expect(names({ hostnameOverride: 'db.example.com', subdomain: 'web', setHostnameAsFQDN: true })).toEqual([
    'db.example.com',
    'db.example.com',
  ])
  expect(names({ hostNetwork: true, setHostnameAsFQDN: true, subdomain: 'web' })).toEqual(['node01', 'node01'])
})

test('a Pod whose volume nobody mounts waits, and says so', async () => {
  const live = await liveCluster()
  await live.create('Pod', 'remote', {
    spec: {
      volumes: [{ name: 'files', nfs: { server: 'files.example.com', path: '/' } }],
      containers: [{ name: 'main', image: 'busybox:1.37', command: ['sleep', '9'] }],
    },
  })
  await live.pass(3)
  expect((await live.get('Pod', 'remote')).status?.phase).toBe('Pending')
  const { items } = await live.client.list('Event', { namespace: 'default' })
  expect(items.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
    'FailedMount: MountVolume.SetUp failed for volume "files" : no volume plugin of the simulated cluster matched nfs',
  )
  await live.close()
  expect(live.errors).toEqual([])
})
