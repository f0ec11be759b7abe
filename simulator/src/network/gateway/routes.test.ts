import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GATEWAY, HTTP_ROUTE, REFERENCE_GRANT } from './kinds.js'
import { ADDRESS, type GatewayCluster, gatewayCluster, shown, to } from './testing.js'

describe('Gateway API, listeners and routes', () => {
  let net: GatewayCluster
  const http = (name: string, more: object = {}) => ({ name, port: 80, protocol: 'HTTP', ...more })
  const from = (namespaces: object, more: object = {}) => ({ allowedRoutes: { namespaces, ...more } })

  beforeAll(async () => {
    net = await gatewayCluster()
    await net.namespace('friends', { team: 'friends' })
    await net.namespace('strangers')
    await net.gateway('front', [
      http('exact', { hostname: 'a.example' }),
      http('wild', { hostname: '*.example' }),
      http('other', { port: 8080, ...from({ from: 'Selector', selector: { matchLabels: { team: 'friends' } } }) }),
      http('open', { port: 8081, ...from({ from: 'All' }) }),
      http('grpc', { port: 8082, ...from({ from: 'Same' }, { kinds: [{ kind: 'GRPCRoute' }] }) }),
    ])
  }, 60_000)
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })
  const listener = async (gateway: string, name: string) =>
    (await net.gatewayStatus(gateway)).listeners.find((each) => each.name === name)

  test('a wildcard stands for several labels; the most exact listener alone has its requests', async () => {
    await net.route('everywhere', {
      parentRefs: [{ name: 'front', sectionName: 'wild' }],
      rules: [{ backendRefs: [to('shop')] }],
    })
    await net.route('exact', {
      parentRefs: [{ name: 'front', sectionName: 'exact' }],
      hostnames: ['a.example'],
      rules: [{ matches: [{ path: { type: 'PathPrefix', value: '/cart' } }], backendRefs: [to('cart')] }],
    })
    expect(await net.ask('one.two.example')).toBe('shop 200')
    expect(await net.ask('example')).toBe(' 404')
    expect(await net.ask('a.example')).toBe(' 404')
    expect(await net.ask('a.example', '/cart')).toMatch(/404$/)
    expect(await listener('front', 'wild')).toMatchObject({ attachedRoutes: 1 })
    for (const name of ['everywhere', 'exact']) await net.client.delete(HTTP_ROUTE, `default/${name}`)
    await net.pass(1)
    expect(await listener('front', 'wild')).toMatchObject({ attachedRoutes: 0 })
  })

  test('listeners choose namespaces and kinds; a route hears why none takes it', async () => {
    const rules = [{ backendRefs: [to('shop', 1, { namespace: 'default' })] }]
    const at = (sectionName: string) => ({ parentRefs: [{ name: 'front', namespace: 'default', sectionName }], rules })
    await net.route('friend', at('other'), 'HTTPRoute', 'friends')
    await net.route('stranger', at('other'), 'HTTPRoute', 'strangers')
    await net.route('anyone', at('open'), 'HTTPRoute', 'strangers')
    await net.route('foreign', at('exact'), 'HTTPRoute', 'strangers')
    await net.route('kind', at('grpc'))
    await net.route('nowhere', at('missing'))
    await net.route('call', { ...at('grpc'), rules: [] }, 'GRPCRoute')
    const accepted = async (name: string, kind: 'HTTPRoute' | 'GRPCRoute' = 'HTTPRoute') =>
      (await net.conditions(name, kind))?.[0]
    expect(await accepted('friends/friend')).toBe('Accepted True Accepted')
    expect(await accepted('strangers/stranger')).toBe('Accepted False NotAllowedByListeners')
    expect(await accepted('strangers/anyone')).toBe('Accepted True Accepted')
    expect(await accepted('strangers/foreign')).toBe('Accepted False NotAllowedByListeners')
    expect(await accepted('kind')).toBe('Accepted False NotAllowedByListeners')
    expect(await accepted('nowhere')).toBe('Accepted False NoMatchingParent')
    expect(await accepted('call', 'GRPCRoute')).toBe('Accepted True Accepted')
    const counts = (await net.gatewayStatus('front')).listeners.map(({ name, attachedRoutes }) => `${name} ${attachedRoutes}`)
    expect(counts).toEqual(['exact 0', 'wild 0', 'other 1', 'open 1', 'grpc 1'])
    expect((await listener('front', 'grpc'))?.supportedKinds.map(({ kind }) => kind)).toEqual(['GRPCRoute'])
  })

  test('a Service of another namespace wants a grant, for the right kind and name', async () => {
    const grant = (from: object, name = 'friend') => ({
      apiVersion: 'gateway.networking.k8s.io/v1beta1',
      kind: 'ReferenceGrant',
      metadata: { name, namespace: 'default' },
      spec: { from: [from], to: [{ group: '', kind: 'Service', name: 'shop' }] },
    })
    const ask = () => net.run('caller', `curl -s -o /dev/null -w '%{http_code}' http://${ADDRESS}:8080/`)
    expect(await net.conditions('friends/friend')).toContain('ResolvedRefs False RefNotPermitted')
    expect((await ask()).stdout).toBe('500')
    const group = 'gateway.networking.k8s.io'
    await net.client.create(REFERENCE_GRANT, grant({ group, kind: 'GRPCRoute', namespace: 'friends' }, 'kind') as never)
    await net.client.create(REFERENCE_GRANT, grant({ group, kind: 'HTTPRoute', namespace: 'strangers' }, 'else') as never)
    await net.pass(1)
    expect((await ask()).stdout).toBe('500')
    await net.client.create(REFERENCE_GRANT, grant({ group, kind: 'HTTPRoute', namespace: 'friends' }) as never)
    await net.pass(1)
    expect(await net.conditions('friends/friend')).toContain('ResolvedRefs True ResolvedRefs')
    expect((await ask()).stdout).toBe('200')
  })

  test('listeners that cannot be told apart are Conflicted and serve nothing; the others do', async () => {
    await net.gateway('twins', [
      { name: 'one', port: 9001, protocol: 'HTTPS', hostname: 'b.example', tls: { certificateRefs: [{ name: 'none' }] } },
      { name: 'two', port: 9001, protocol: 'TLS', hostname: 'b.example', tls: { mode: 'Passthrough' } },
      http('plain', { port: 9002 }),
      { name: 'safe', port: 9002, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'none' }] } },
      http('good', { port: 9003 }),
      http('strange', { port: 9004, allowedRoutes: { kinds: [{ kind: 'HTTPRoute' }, { kind: 'OtherRoute' }] } }),
    ])
    const reasons = Object.fromEntries(
      (await net.gatewayStatus('twins')).listeners.map(({ name, conditions }) => [name, shown(conditions)]),
    )
    expect(reasons.one).toEqual([
      'Accepted False HostnameConflict',
      'Programmed False Invalid',
      'ResolvedRefs True ResolvedRefs',
      'Conflicted True HostnameConflict',
    ])
    expect(reasons.plain).toContain('Conflicted True ProtocolConflict')
    expect(reasons.safe).toContain('Conflicted True ProtocolConflict')
    expect(reasons.good).toEqual([
      'Accepted True Accepted',
      'Programmed True Programmed',
      'ResolvedRefs True ResolvedRefs',
      'Conflicted False NoConflicts',
    ])
    expect(reasons.strange).toContain('ResolvedRefs False InvalidRouteKinds')
    expect(shown((await net.gatewayStatus('twins')).conditions)).toEqual([
      'Accepted True ListenersNotValid',
      'Programmed True Programmed',
    ])
  })

  test('the Service opens the ports of listeners; an address that is not there cannot be had', async () => {
    const { spec } = await net.client.get('Service', 'gateway-system/gateway')
    expect(spec.ports?.map(({ port }) => port)).toEqual(expect.arrayContaining([8081, 8082, 9003]))
    await net.gateway('placed', [http('http', { port: 9010 })], { addresses: [{ type: 'IPAddress', value: '192.0.2.9' }] })
    expect(shown((await net.gatewayStatus('placed')).conditions)).toContain('Programmed False AddressNotUsable')
  })

  test('timeouts end what takes too long; headers of one backend are its own', async () => {
    const command = ['sh', '-c', 'nc -lk -p 8080 -e sh -c "sleep 3; echo HTTP/1.0 200 OK; echo; echo late"']
    await net.server('late', { container: { command } })
    await net.service('late', { selector: { app: 'late' }, ports: [{ port: 80, targetPort: 8080 }] })
    const header = (value: string) => [
      { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [{ name: 'X-Of', value }] } },
    ]
    await net.route('slow', {
      hostnames: ['slow.example'],
      rules: [
        { matches: [{ path: { type: 'PathPrefix', value: '/short' } }], timeouts: { request: '1s' }, backendRefs: [to('late')] },
        {
          matches: [{ path: { type: 'PathPrefix', value: '/try' } }],
          timeouts: { request: '9s', backendRequest: '500ms' },
          backendRefs: [to('late')],
        },
        { timeouts: { request: '1s' }, backendRefs: [to('shop', 1, { filters: header('shop') })] },
      ],
    })
    expect(await net.ask('slow.example', '/short', '', 2)).toBe('upstream request timeout 504')
    await net.pass(3)
    expect(await net.ask('slow.example', '/try', '', 1)).toBe('upstream request timeout 504')
    expect(await net.ask('slow.example', '/', '-i')).toMatch(/^HTTP\/1.1 200 OK[\s\S]*x-of: shop[\s\S]*shop\s+200$/)
    await net.client.delete('Pod', 'default/late', { graceSeconds: 0 })
  })

  test('a call takes its GRPCRoute by service and method, and fails at a server without HTTP/2', async () => {
    await net.route(
      'calls',
      {
        hostnames: ['calls.example'],
        rules: [
          { matches: [{ method: { service: 'shop.Orders', method: 'Get' } }], backendRefs: [to('shop')] },
          { matches: [{ method: { service: 'shop.Nothing' } }], backendRefs: [to('missing')] },
        ],
      },
      'GRPCRoute',
    )
    expect(await net.conditions('calls', 'GRPCRoute')).toEqual(['Accepted True Accepted', 'ResolvedRefs False BackendNotFound'])
    const call = async (method: string) =>
      (await net.ask('calls.example', `/${method}`, '-i -X POST -H "Content-Type: application/grpc"')).toLowerCase()
    expect(await call('shop.Orders/Get')).toMatch(/grpc-status: 14[\s\S]*reset reason: protocol error/)
    expect(await call('shop.Nothing/Any')).toMatch(/grpc-status: 14[\s\S]*no healthy upstream/)
    expect(await call('shop.Orders/Put')).toMatch(/grpc-status: 12/)
    expect(await net.ask('calls.example', '/shop.Orders/Get')).toBe(' 404')
  })

  test('what another controller says of a route stays, what this one says goes with its Gateway', async () => {
    await net.gateway('brief', [http('http', { port: 9020 })])
    await net.route('brief', { parentRefs: [{ name: 'brief' }], rules: [] })
    const read = () =>
      net.client.get(HTTP_ROUTE, 'default/brief') as unknown as Promise<{ status: { parents: { conditions: object[] }[] } }>
    const brief = await read()
    const other = {
      parentRef: { name: 'mesh' },
      controllerName: 'example.com/mesh',
      conditions: brief.status.parents[0]?.conditions,
    }
    await net.client.updateStatus(HTTP_ROUTE, { ...brief, status: { parents: [...brief.status.parents, other] } } as never)
    await net.pass(1)
    expect((await read()).status.parents).toHaveLength(2)
    await net.client.delete(GATEWAY, 'default/brief')
    await net.pass(1)
    expect((await read()).status.parents).toMatchObject([{ controllerName: 'example.com/mesh' }])
  })

  test('with the experimental kinds: bytes, datagrams, and TLS that goes through', async () => {
    await net.apply('gateway-api-experimental-crds.yaml')
    await net.pass(61)
    await net.gateway('lines', [
      { name: 'tcp', port: 9031, protocol: 'TCP' },
      { name: 'udp', port: 9053, protocol: 'UDP' },
      { name: 'tls', port: 9443, protocol: 'TLS', hostname: 'kubernetes.default', tls: { mode: 'Passthrough' } },
    ])
    const at = (sectionName: string, backend: object) => ({
      parentRefs: [{ name: 'lines', sectionName }],
      rules: [{ backendRefs: [backend] }],
    })
    await net.route('tcp', at('tcp', to('shop')), 'TCPRoute')
    await net.service('names', { selector: { app: 'names' }, ports: [{ port: 53, protocol: 'UDP', targetPort: 5353 }] })
    await net.server('names', { container: { command: ['sh', '-c', 'sleep infinity'] } })
    await net.route('udp', at('udp', { name: 'names', port: 53 }), 'UDPRoute')
    await net.route('tls', { ...at('tls', { name: 'kubernetes', port: 443 }), hostnames: ['kubernetes.default'] }, 'TLSRoute')
    for (const kind of ['TCPRoute', 'UDPRoute', 'TLSRoute'] as const)
      expect(await net.conditions(kind.slice(0, 3).toLowerCase(), kind)).toEqual([
        'Accepted True Accepted',
        'ResolvedRefs True ResolvedRefs',
      ])
    expect((await net.run('caller', `curl -s http://${ADDRESS}:9031/`)).stdout).toBe('shop\n')
    const D = '/var/run/secrets/kubernetes.io/serviceaccount'
    const https = (host: string) =>
      net.run(
        'caller',
        `curl -s --cacert ${D}/ca.crt -o /dev/null -w '%{http_code}' --resolve ${host}:9443:${ADDRESS} https://${host}:9443/version`,
      )
    expect((await https('kubernetes.default')).stdout).toBe('200')
    expect((await https('other.default')).code).not.toBe(0)
  })
})
