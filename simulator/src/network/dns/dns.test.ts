import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fromBytes } from '../../containers/stream.js'
import { type NetworkCluster, networkCluster } from '../testing.js'
import { parseCorefile } from './corefile.js'

describe('a Corefile', () => {
  test('has server blocks with zones, ports and directives', () => {
    const [first, second] = parseCorefile(
      '.:53 {\n  errors # told\n  kubernetes cluster.local {\n    pods insecure\n  }\n}\nshop.local:5353 {\n  forward . 10.1.1.1\n}\n',
    )
    expect(first?.zones).toEqual([{ zone: '.', port: 53 }])
    expect(first?.directives.map(({ name, args, block }) => [name, args, block])).toEqual([
      ['errors', [], []],
      ['kubernetes', ['cluster.local'], [{ name: 'pods', args: ['insecure'], line: 4 }]],
    ])
    expect(second?.zones).toEqual([{ zone: 'shop.local.', port: 5353 }])
  })

  test('that is wrong says where', () => {
    expect(() => parseCorefile('.:53 {\n  kubernete cluster.local\n}\n')).toThrow(
      "/etc/coredns/Corefile:2 - Error during parsing: Unknown directive 'kubernete'",
    )
    expect(() => parseCorefile('.:53 {\n  errors\n')).toThrow('Unexpected EOF')
  })
})

describe('the name server of a cluster', () => {
  let net: NetworkCluster
  const KEY = 'kube-system/coredns'
  const RELOADED_SECONDS = 95
  const corefile = (more: string, before = '') =>
    `${before}.:53 {\n  errors\n  ready\n  ${more}\n  kubernetes cluster.local in-addr.arpa {\n    pods insecure\n    fallthrough in-addr.arpa\n  }\n  forward . /etc/resolv.conf\n  reload\n}\n`
  const configure = async (text: string) => {
    await net.client.patch('ConfigMap', KEY, { data: { Corefile: text } })
    await net.pass(RELOADED_SECONDS)
  }
  const addressOf = async (name: string) =>
    (await net.run('caller', `nslookup -type=a ${name} | grep ^Address | tail -1 | cut -d' ' -f2`, 25)).stdout.trim()
  const logs = async () => {
    let text = ''
    const { items } = await net.client.list('Pod', { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' })
    const options = { container: 'coredns', follow: false, previous: false, timestamps: false }
    const write = (more: Uint8Array) => {
      text += fromBytes(more)
    }
    for (const pod of items) await net.cluster.connections.logs(pod, options, write, new AbortController().signal)
    return text
  }
  beforeAll(async () => {
    net = await networkCluster()
    await net.caller('caller')
    await net.service('web', { clusterIP: '10.96.7.7', selector: { app: 'web' }, ports: [{ port: 80 }] })
  })
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })

  test('takes changes of its Corefile: hosts, rewrite, template, a stub domain', async () => {
    await configure(
      corefile(
        'hosts {\n    10.9.8.7 printer.office\n    fallthrough\n  }\n  rewrite name exact shop.office web.default.svc.cluster.local',
      ),
    )
    expect(await addressOf('printer.office')).toBe('10.9.8.7')
    expect(await addressOf('shop.office')).toBe('10.96.7.7')
    expect(await logs()).toContain('[INFO] Reloading complete')
    const stub = 'branch.office:53 {\n  errors\n  forward . 10.96.0.99\n}\n'
    await configure(corefile('template IN A made.office {\n    answer "{{ .Name }} 60 IN A 10.1.2.3"\n  }', stub))
    expect(await addressOf('any.made.office')).toBe('10.1.2.3')
    expect((await net.run('caller', 'nslookup -type=a x.branch.office', 25)).stdout).toContain('SERVFAIL')
  })

  test('goes on with what it had where the new Corefile is wrong, and does not start with it', async () => {
    await configure(corefile('nonsense'))
    expect(await addressOf('web.default.svc.cluster.local')).toBe('10.96.7.7')
    expect(await logs()).toContain(
      "Restart failed: starting with listener file descriptors: /etc/coredns/Corefile:4 - Error during parsing: Unknown directive 'nonsense'",
    )
    const { items } = await net.client.list('Pod', { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' })
    for (const pod of items) await net.client.delete('Pod', `kube-system/${pod.metadata.name}`, { graceSeconds: 0 })
    await net.pass(5)
    const again = await net.client.list('Pod', { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' })
    expect(again.items[0]?.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0)
    expect(await addressOf('web.default.svc.cluster.local')).toBe('')
    await configure(corefile('loadbalance'))
    await net.pass(300)
    expect(await addressOf('web.default.svc.cluster.local')).toBe('10.96.7.7')
  })

  test('a Pod has a name by each Service that it is behind; a port with a name has an SRV record', async () => {
    const web = await net.server('web')
    const address = web.status?.podIP ?? ''
    await net.service('headless', {
      clusterIP: 'None',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 8080 }],
    })
    const answer = async (words: string) => (await net.run('caller', `nslookup ${words}`, 1)).stdout
    const dashed = address.replaceAll('.', '-')
    expect(await answer(address)).toContain(`${dashed}.web.default.svc.cluster.local`)
    expect(await answer(address)).toContain(`${dashed}.headless.default.svc.cluster.local`)
    expect(await answer('-type=srv _http._tcp.headless.default.svc.cluster.local')).toContain(
      `${dashed}.headless.default.svc.cluster.local`,
    )
    expect(await answer('10.244.0.250')).toContain('NXDOMAIN')
  })

  test('scaled to nothing, no name is found', async () => {
    await net.client.patch('Deployment', KEY, { spec: { replicas: 0 } })
    await net.pass(40)
    const { code, stdout } = await net.run('caller', 'nslookup web.default.svc.cluster.local', 12)
    expect([code, stdout]).toEqual([1, ';; connection timed out; no servers could be reached\n\n'])
    expect((await net.run('caller', 'curl -sS -m 3 http://web/', 5)).code).toBe(28)
  })
})
