import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type NetworkCluster, networkCluster } from './testing.js'

describe('NetworkPolicies', () => {
  let net: NetworkCluster
  let address = ''
  const reach = async (from: string, url = 'http://web.default/', seconds = 4) =>
    (await net.run(from, `curl -s -m 3 ${url}`, seconds)).code
  const PASSES = 0
  const LOST = 28
  beforeAll(async () => {
    net = await networkCluster()
    await net.namespace('other', { team: 'blue' })
    const web = await net.server('web', { labels: { app: 'web' }, container: { ports: [{ name: 'http', containerPort: 8080 }] } })
    address = web.status?.podIP ?? ''
    await net.service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] })
    await net.caller('friend', { labels: { role: 'friend' } })
    await net.caller('stranger', { labels: { role: 'stranger' } })
    await net.caller('neighbour', { namespace: 'other', labels: { role: 'friend' } })
  })
  afterEach(async () => {
    for (const policy of (await net.client.list('NetworkPolicy')).items)
      await net.client.delete('NetworkPolicy', `${policy.metadata.namespace}/${policy.metadata.name}`)
    await net.pass(1)
  })
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })
  const ingress = (rules: object[]) => net.policy('rules', { podSelector: { matchLabels: { app: 'web' } }, ingress: rules })

  test('without a policy everything passes; with an empty one nothing comes in, and packets are lost', async () => {
    expect(await reach('stranger')).toBe(PASSES)
    await net.policy('deny', { podSelector: {}, policyTypes: ['Ingress'] })
    expect(await reach('stranger')).toBe(LOST)
    expect(await reach('other/neighbour')).toBe(LOST)
  })

  test('podSelector means Pods of the same namespace, namespaceSelector those of others, both together both', async () => {
    const friends = { matchLabels: { role: 'friend' } }
    await ingress([{ from: [{ podSelector: friends }] }])
    expect([await reach('friend'), await reach('stranger'), await reach('other/neighbour')]).toEqual([PASSES, LOST, LOST])
    await net.client.patch('NetworkPolicy', 'default/rules', {
      spec: { ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'blue' } }, podSelector: friends }] }] },
    })
    await net.pass(1)
    expect([await reach('friend'), await reach('other/neighbour')]).toEqual([LOST, PASSES])
    await net.client.patch('NetworkPolicy', 'default/rules', {
      spec: { ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'red' } } }, { podSelector: friends }] }] },
    })
    await net.pass(1)
    expect([await reach('friend'), await reach('other/neighbour')]).toEqual([PASSES, LOST])
  })

  test('ports: numbers, names, ranges', async () => {
    await ingress([{ ports: [{ port: 8080 }] }])
    expect(await reach('stranger')).toBe(PASSES)
    await net.client.patch('NetworkPolicy', 'default/rules', { spec: { ingress: [{ ports: [{ port: 80 }] }] } })
    await net.pass(1)
    expect(await reach('stranger')).toBe(LOST)
    await net.client.patch('NetworkPolicy', 'default/rules', { spec: { ingress: [{ ports: [{ port: 'http' }] }] } })
    await net.pass(1)
    expect(await reach('stranger')).toBe(PASSES)
    await net.client.patch('NetworkPolicy', 'default/rules', { spec: { ingress: [{ ports: [{ port: 8000, endPort: 8079 }] }] } })
    await net.pass(1)
    expect(await reach('stranger')).toBe(LOST)
  })

  test('ipBlock with exceptions', async () => {
    const own = (await net.client.get('Pod', 'default/stranger')).status?.podIP
    await ingress([{ from: [{ ipBlock: { cidr: '10.244.0.0/16', except: [`${own}/32`] } }] }])
    expect([await reach('friend'), await reach('stranger')]).toEqual([PASSES, LOST])
  })

  test('egress: a default deny loses names too, until DNS is let through', async () => {
    await net.policy('out', { podSelector: { matchLabels: { role: 'friend' } }, policyTypes: ['Egress'] })
    expect(await reach('friend', 'http://web/', 30)).toBe(LOST)
    expect(await reach('friend', `http://${address}:8080/`)).toBe(LOST)
    expect(await reach('stranger')).toBe(PASSES)
    await net.client.patch('NetworkPolicy', 'default/out', {
      spec: { egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }, { to: [{ podSelector: { matchLabels: { app: 'web' } } }] }] },
    })
    await net.pass(1)
    expect(await reach('friend')).toBe(PASSES)
  })

  test('empty selectors choose everybody, a policy of both directions by its rules alone', async () => {
    await ingress([{ from: [{ namespaceSelector: {} }] }])
    expect([await reach('stranger'), await reach('other/neighbour')]).toEqual([PASSES, PASSES])
    await net.client.patch('NetworkPolicy', 'default/rules', { spec: { ingress: [{ from: [{ podSelector: {} }] }] } })
    await net.pass(1)
    expect([await reach('stranger'), await reach('other/neighbour')]).toEqual([PASSES, LOST])
    await net.client.patch('NetworkPolicy', 'default/rules', { spec: { ingress: [{}] } })
    await net.pass(1)
    expect([await reach('stranger'), await reach('other/neighbour')]).toEqual([PASSES, PASSES])
    await net.policy('default-types', { podSelector: { matchLabels: { role: 'stranger' } }, egress: [{ ports: [{ port: 1 }] }] })
    const { spec } = await net.client.get('NetworkPolicy', 'default/default-types')
    expect(spec?.policyTypes).toEqual(['Ingress', 'Egress'])
    expect(await reach('stranger', `http://${address}:8080/`)).toBe(LOST)
  })

  test('several policies add up; egress to a Service is judged at the address of its Pod', async () => {
    await net.policy('deny', { podSelector: {}, policyTypes: ['Ingress'] })
    await ingress([{ from: [{ podSelector: { matchLabels: { role: 'friend' } } }] }])
    expect([await reach('friend'), await reach('stranger')]).toEqual([PASSES, LOST])
    const service = (await net.client.get('Service', 'default/web')).spec.clusterIP
    const out = (cidr: string, port: number) =>
      net.policy(`out-${port}`, {
        podSelector: { matchLabels: { role: 'friend' } },
        policyTypes: ['Egress'],
        egress: [{ to: [{ ipBlock: { cidr } }], ports: [{ port }] }],
      })
    await out(`${service}/32`, 80)
    expect(await reach('friend', `http://${service}/`)).toBe(LOST)
    await out(`${address}/32`, 8080)
    expect(await reach('friend', `http://${service}/`)).toBe(PASSES)
  })

  test('its own node reaches a Pod, with the Pods that share the network of the node; another node does not', async () => {
    await net.policy('deny', { podSelector: {}, policyTypes: ['Ingress'] })
    const node = (await net.client.get('Pod', 'default/web')).spec.nodeName ?? ''
    const other = node === 'node01' ? 'controlplane' : 'node01'
    await net.caller('inside', { spec: { hostNetwork: true, nodeName: node } })
    await net.caller('beside', { spec: { hostNetwork: true, nodeName: other } })
    expect(await reach('inside', `http://${address}:8080/`)).toBe(PASSES)
    expect(await reach('beside', `http://${address}:8080/`)).toBe(LOST)
  })

  test('probes of the kubelet pass whatever the policies say', async () => {
    await net.policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    await net.server('probed', { container: { readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 } } })
    await net.pass(2)
    const pod = await net.client.get('Pod', 'default/probed')
    expect(pod.status?.containerStatuses?.[0]?.ready).toBe(true)
  })

  test('a rule for SCTP lets no TCP through, and takes none away that another rule lets through', async () => {
    await ingress([{ ports: [{ protocol: 'SCTP', port: 8080 }] }])
    expect(await reach('stranger')).toBe(LOST)
    await net.client.patch('NetworkPolicy', 'default/rules', {
      spec: { ingress: [{ ports: [{ protocol: 'SCTP', port: 8080 }, { port: 8080 }] }] },
    })
    await net.pass(1)
    expect(await reach('stranger')).toBe(PASSES)
    // A policy of one direction says nothing of the other: SCTP alone may leave, and whatever comes in is answered.
    await net.policy('leaving', { podSelector: {}, policyTypes: ['Egress'], egress: [{ ports: [{ protocol: 'SCTP' }] }] })
    expect(await reach('stranger', `http://${address}:8080/`)).toBe(LOST)
    expect(await reach('other/neighbour', `http://${address}:8080/`)).toBe(PASSES)
  })
})
