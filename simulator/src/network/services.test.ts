import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NetworkCluster, networkCluster } from './testing.js'

describe('Services', () => {
  let net: NetworkCluster
  const curl = (url: string, seconds = 0) => net.run('caller', `curl -sS -m 5 ${url}`, seconds)
  beforeAll(async () => {
    net = await networkCluster()
    await net.caller('caller')
    await net.server('web-1', { labels: { app: 'web' } })
    await net.server('web-2', { labels: { app: 'web' } })
  })
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })
  const names = async (url: string, count = 12) => {
    const found = new Set<string>()
    for (let index = 0; index < count; index++) found.add((await curl(url)).stdout.trim())
    return [...found].sort()
  }

  test('a cluster address leads to every Pod behind it, a named target port to its number', async () => {
    await net.service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] })
    expect(await names('http://web')).toEqual(['web-1', 'web-2'])
    const ports = [{ name: 'http', containerPort: 8080 }]
    await net.server('named', { container: { ports } })
    await net.service('named', { selector: { app: 'named' }, ports: [{ port: 81, targetPort: 'http' }] })
    expect((await curl('http://named:81/')).stdout).toBe('named\n')
  })

  test('a port of a node that a Pod has taken leads to it, on that node alone', async () => {
    await net.server('taker', { container: { ports: [{ containerPort: 8080, hostPort: 8088 }] } })
    const address = async (name: string) =>
      (await net.client.get('Node', name)).status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''
    const { spec } = await net.client.get('Pod', 'default/taker')
    const other = spec.nodeName === 'node01' ? 'controlplane' : 'node01'
    const own = await address(spec.nodeName ?? '')
    expect((await curl(`http://${own}:8088/`)).stdout).toBe('taker\n')
    expect((await curl(`http://${await address(other)}:8088/`)).stderr).toContain('Could not connect to server')
    expect(net.fabric.proxy.fronts()).toContainEqual({ address: own, port: 8088 })
  })

  test('with traffic that stays on its node, a port of every node tells whether it has Pods', async () => {
    const spec = {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8080 }],
    }
    await net.service('balanced', spec)
    const port = (await net.client.get('Service', 'default/balanced')).spec.healthCheckNodePort ?? 0
    expect(port).toBeGreaterThanOrEqual(30_000)
    const { items } = await net.client.list('Pod', { namespace: 'default', labelSelector: 'app=web' })
    for (const node of (await net.client.list('Node')).items) {
      const count = items.filter((pod) => pod.spec.nodeName === node.metadata.name).length
      const address = node.status?.addresses?.[0]?.address ?? ''
      const { stdout } = await curl(`-w %{http_code} http://${address}:${port}/healthz`)
      expect(stdout).toContain(`"localEndpoints": ${count},\n\t"serviceProxyHealthy": true\n}${count > 0 ? 200 : 503}`)
      expect(net.fabric.reachable()).toContainEqual({ address, port })
    }
    const patch = (patched: object) => net.client.patch('Service', 'default/balanced', { spec: patched } as never)
    await expect(patch({ healthCheckNodePort: 30_999 })).rejects.toThrow(
      'spec.healthCheckNodePort: Forbidden: field is immutable',
    )
    expect((await patch({ externalTrafficPolicy: 'Cluster' })).spec.healthCheckNodePort).toBeUndefined()
  })

  test('ClientIP affinity keeps a client at one Pod until its time is over', async () => {
    await net.service('sticky', {
      selector: { app: 'web' },
      ports: [{ port: 80, targetPort: 8080 }],
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } },
    })
    expect(await names('http://sticky')).toHaveLength(1)
    const seen = new Set<string>()
    for (let index = 0; index < 12; index++) {
      await net.pass(61)
      seen.add((await curl('http://sticky')).stdout.trim())
    }
    expect([...seen].sort()).toEqual(['web-1', 'web-2'])
    expect(net.fabric.proxy.rememberedClients).toBe(1)
  })

  test('a Service that prefers its own zone goes elsewhere only where it must', async () => {
    const zone = (node: string, name: string | null) =>
      net.client.patch('Node', node, { metadata: { labels: { 'topology.kubernetes.io/zone': name } } })
    await zone('node01', 'here')
    await zone('controlplane', 'there')
    await net.server('spread-1', { labels: { app: 'spread' } })
    await net.server('spread-2', { labels: { app: 'spread' }, spec: { nodeName: 'controlplane' } })
    await net.service('spread', {
      selector: { app: 'spread' },
      trafficDistribution: 'PreferSameZone',
      ports: [{ port: 80, targetPort: 8080 }],
    })
    expect(await names('http://spread')).toEqual(['spread-1'])
    await net.client.delete('Pod', 'default/spread-1', { graceSeconds: 0 })
    await net.pass(1)
    expect(await names('http://spread')).toEqual(['spread-2'])
    await zone('node01', null)
    await zone('controlplane', null)
  })

  test('a Service without endpoints refuses at once', async () => {
    await net.service('empty', { selector: { app: 'nobody' }, ports: [{ port: 80 }] })
    const { code, stderr } = await curl('http://empty')
    expect(code).toBe(7)
    expect(stderr).toBe('curl: (7) Failed to connect to empty port 80 after 0 ms: Could not connect to server\n')
  })

  test('Pods that are not ready are left out, unless they are to be published', async () => {
    const readinessProbe = { exec: { command: ['false'] }, periodSeconds: 1 }
    await net.server('slow', { container: { readinessProbe } })
    await net.service('slow', { selector: { app: 'slow' }, ports: [{ port: 80, targetPort: 8080 }] })
    expect((await curl('http://slow')).code).toBe(7)
    await net.client.patch('Service', 'default/slow', { spec: { publishNotReadyAddresses: true } })
    await net.pass(1)
    expect((await curl('http://slow')).stdout).toBe('slow\n')
  })

  test('a NodePort answers at every node, an external address where it is named', async () => {
    await net.service('open', {
      type: 'NodePort',
      selector: { app: 'web' },
      externalIPs: ['172.30.0.99'],
      ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }],
    })
    for (const address of ['172.30.0.2:30080', '172.30.0.3:30080', '172.30.0.99'])
      expect((await curl(`http://${address}`)).stdout).toMatch(/^web-[12]$/m)
  })

  test('internalTrafficPolicy Local knows the Pods of its own node alone, and loses packets where there are none', async () => {
    const [node] = [(await net.client.get('Pod', 'default/caller')).spec.nodeName]
    await net.service('near', {
      selector: { app: 'web' },
      internalTrafficPolicy: 'Local',
      ports: [{ port: 80, targetPort: 8080 }],
    })
    const local = await names('http://near')
    const pods = await Promise.all(['web-1', 'web-2'].map((name) => net.client.get('Pod', `default/${name}`)))
    const expected = pods.filter((pod) => pod.spec.nodeName === node).map((pod) => pod.metadata.name)
    expect(local).toEqual(expected)
    const far = await net.server('far', { spec: { nodeName: 'controlplane' } })
    expect(far.spec.nodeName).not.toBe(node)
    await net.service('far', {
      selector: { app: 'far' },
      internalTrafficPolicy: 'Local',
      ports: [{ port: 80, targetPort: 8080 }],
    })
    expect((await curl('http://far', 6)).code).toBe(28)
  })

  test('from outside, externalTrafficPolicy Local keeps the client address and needs a Pod on the node', async () => {
    const far = await net.client.get('Pod', 'default/far')
    expect(far.spec.nodeName).toBe('controlplane')
    const ports = [{ port: 80, targetPort: 8080, nodePort: 30081 }]
    await net.service('kept', { type: 'NodePort', selector: { app: 'far' }, externalTrafficPolicy: 'Local', ports })
    const { fabric } = net
    const connection = await fabric.dial({ address: '172.30.0.2', port: 30081 }, new AbortController().signal)
    await connection.write('GET / HTTP/1.0\r\n\r\n')
    let text = ''
    for (let data = await connection.read(); data !== null; data = await connection.read()) text += data
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*far\n$/)
    const late = new AbortController()
    const lost = fabric.dial({ address: '172.30.0.3', port: 30081 }, late.signal)
    late.abort()
    await expect(lost).rejects.toMatchObject({ kind: 'timeout' })
  })

  test('UDP goes the same way, and a closed port is heard of', async () => {
    const udp = await net.run('caller', 'nc -u -w 1 -z 10.96.0.10 53; echo $?', 2)
    expect(udp.stdout).toBe('0\n')
    await net.service('nothing-udp', { selector: { app: 'nobody' }, ports: [{ port: 53, protocol: 'UDP' }] })
    const refused = await net.run('caller', 'nslookup web $(getent hosts nothing-udp | cut -d" " -f1)', 12)
    expect(refused.code).toBe(1)
  })

  test('the API server answers in the cluster with a token', async () => {
    const line =
      'D=/var/run/secrets/kubernetes.io/serviceaccount; curl -s --cacert $D/ca.crt -H "Authorization: Bearer $(cat $D/token)" https://kubernetes.default/api | grep kind'
    expect((await net.run('caller', line)).stdout).toBe('  "kind": "APIVersions",\n')
    const anonymous = await net.run('caller', 'curl -sk -o /dev/null -w "%{http_code}" https://kubernetes.default/api/v1/pods')
    expect(anonymous.stdout).toBe('403')
    expect((await net.run('caller', 'curl -s https://kubernetes.default/version')).code).toBe(60)
  })

  test('a token that may watch sees what happens, one that may read logs sees them', async () => {
    const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' }
    const bindings = net.cluster.server.context.resources.find('rbac.authorization.k8s.io', 'v1', 'rolebindings')
    if (!bindings) throw new Error('RoleBindings are not served')
    await net.client.create(bindings, {
      metadata: { name: 'caller', namespace: 'default' },
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
    } as never)
    const api = (path: string, options = '') =>
      `D=/var/run/secrets/kubernetes.io/serviceaccount; curl -sS ${options} --cacert $D/ca.crt -H "Authorization: Bearer $(cat $D/token)" "https://kubernetes.default/api/v1/namespaces/default/${path}"`
    const watching = net.run('caller', api('configmaps?watch=true&fieldSelector=metadata.name%3Dnews', '-m 5'), 1)
    await net.client.create('ConfigMap', { metadata: { name: 'news', namespace: 'default' } } as never)
    await net.pass(6)
    const { stdout, stderr, code } = await watching
    const seen = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(seen).toMatchObject([{ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'news' } } }])
    expect(stderr).toBe(`curl: (28) Operation timed out after 5000 milliseconds with ${stdout.length} bytes received\n`)
    expect(code).toBe(28)

    const talker = { name: 'main', image: 'busybox:1.37', command: ['sh', '-c', 'echo one; sleep 3; echo two'] }
    await net.client.create('Pod', {
      metadata: { name: 'talker', namespace: 'default' },
      spec: { restartPolicy: 'Never', containers: [talker] },
    } as never)
    await net.pass(1)
    expect((await net.run('caller', api('pods/talker/log'))).stdout).toBe('one\n')
    const followed = await net.run('caller', api('pods/talker/log?follow=true'), 4)
    expect(followed).toMatchObject({ stdout: 'one\ntwo\n', code: 0 })
    expect((await net.run('caller', api('pods/talker/exec?command=ls&stdout=true'))).stdout).toContain('Upgrade request required')
    expect((await net.run('caller', api('pods/nobody/log'))).stdout).toContain('"code": 404')
  })

  test('SCTP stands beside TCP: ports of one number share a node port, which no other Service gets', async () => {
    const ports = [
      { name: 'signals', port: 9000, protocol: 'SCTP' },
      { name: 'pages', port: 9000, targetPort: 8080 },
    ]
    await net.service('mixed', { type: 'NodePort', selector: { app: 'web' }, ports })
    const { spec } = await net.client.get('Service', 'default/mixed')
    const [signals, pages] = spec.ports ?? []
    expect(signals).toMatchObject({ protocol: 'SCTP', port: 9000, targetPort: 9000, nodePort: pages?.nodePort })
    expect(await names('http://mixed:9000')).toEqual(['web-1', 'web-2'])
    const slices = (await net.client.list('EndpointSlice', { labelSelector: 'kubernetes.io/service-name=mixed' })).items
    expect(slices[0]?.ports).toEqual([
      { name: 'signals', port: 9000, protocol: 'SCTP' },
      { name: 'pages', port: 8080, protocol: 'TCP' },
    ])
    const found = await net.run('caller', 'nslookup -type=srv _signals._sctp.mixed.default.svc.cluster.local')
    expect(found.stdout).toContain('9000 mixed.default.svc.cluster.local')
    const taking = { metadata: { name: 'taking', namespace: 'default' }, spec: { type: 'NodePort' } }
    const wanted = { port: 53, protocol: 'UDP', nodePort: signals?.nodePort }
    await expect(net.client.create('Service', { ...taking, spec: { ...taking.spec, ports: [wanted] } } as never)).rejects.toThrow(
      'provided port is already allocated',
    )
    await net.client.patch('Service', 'default/mixed', { metadata: { labels: { seen: 'yes' } } })
    expect((await net.client.get('Service', 'default/mixed')).spec.ports).toEqual(spec.ports)
  })

  test('a port of a node may be taken for each protocol', async () => {
    const ports = (['UDP', 'TCP'] as const).map((protocol) => ({ containerPort: 8080, hostPort: 8090, protocol }))
    await net.server('both', { container: { ports } })
    const pod = await net.client.get('Pod', 'default/both')
    expect((await curl(`http://${pod.status?.hostIP}:8090/`)).stdout).toBe('both\n')
  })
})
