import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayCluster, gatewayCluster, to } from './testing.js'

describe('Gateway API', () => {
  let net: GatewayCluster
  beforeAll(async () => {
    net = await gatewayCluster()
    await net.gateway('front', [{ name: 'http', port: 80, protocol: 'HTTP', hostname: '*.example' }])
  }, 60_000)
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })

  test('hosts, paths and headers choose the rule', async () => {
    await net.route('shop', {
      hostnames: ['shop.example'],
      rules: [
        { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [to('shop')] },
        { matches: [{ headers: [{ name: 'x-beta', value: 'yes' }] }], backendRefs: [to('cart')] },
      ],
    })
    expect(await net.ask('shop.example')).toBe('shop 200')
    expect(await net.ask('shop.example', '/', "-H 'X-Beta: yes'")).toBe('cart 200')
    expect(await net.ask('other.example')).toBe(' 404')
    expect(await net.conditions('shop')).toEqual(['Accepted True Accepted', 'ResolvedRefs True ResolvedRefs'])
  })

  test('the Gateway has its address, and counts its routes', async () => {
    expect(await net.gatewayStatus('front')).toMatchObject({
      addresses: [{ type: 'IPAddress', value: '172.30.255.1' }],
      conditions: [
        { type: 'Accepted', status: 'True' },
        { type: 'Programmed', status: 'True' },
      ],
      listeners: [{ name: 'http', attachedRoutes: 1 }],
    })
  })

  test('weights, rewrites, redirects and headers', async () => {
    const prefix = (value: string) => [{ path: { type: 'PathPrefix', value } }]
    const rewrite = { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }
    const header = { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [{ name: 'X-Via', value: 'gateway' }] } }
    const redirect = { type: 'RequestRedirect', requestRedirect: { scheme: 'https', hostname: 'new.example', statusCode: 301 } }
    await net.route('more', {
      hostnames: ['more.example'],
      rules: [
        { matches: prefix('/split'), filters: [rewrite], backendRefs: [to('shop', 1), to('cart', 0)] },
        { matches: prefix('/marked'), filters: [rewrite, header], backendRefs: [to('cart')] },
        { matches: prefix('/old'), filters: [redirect] },
      ],
    })
    const seen = new Set<string>()
    for (let index = 0; index < 8; index++) seen.add(await net.ask('more.example', '/split'))
    expect([...seen]).toEqual(['shop 200'])
    expect(await net.ask('more.example', '/marked/', '-i')).toMatch(/x-via: gateway[\s\S]*cart\s+200$/)
    expect(await net.ask('more.example', '/old', '-o /dev/null -i')).toBe(' 301')
    const line = "curl -s -o /dev/null -w '%{redirect_url}' -H 'Host: more.example' http://172.30.255.1/old"
    expect((await net.run('caller', line)).stdout).toBe('https://new.example/old')
  })

  test('what does not fit is told of in conditions', async () => {
    await net.route('elsewhere', { hostnames: ['shop.invalid'], rules: [{ backendRefs: [to('shop')] }] })
    expect(await net.conditions('elsewhere')).toEqual([
      'Accepted False NoMatchingListenerHostname',
      'ResolvedRefs True ResolvedRefs',
    ])
    await net.route('nothing', { hostnames: ['nothing.example'], rules: [{ backendRefs: [to('missing')] }] })
    expect(await net.conditions('nothing')).toEqual(['Accepted True Accepted', 'ResolvedRefs False BackendNotFound'])
    expect(await net.ask('nothing.example')).toBe(' 500')
  })

  test('an HTTPS listener shows the certificate of its Secret; without one it serves nothing', async () => {
    const { certificatePem, keyPem } = await net.cluster.authority.issue({ commonName: 'safe.example', hosts: ['safe.example'] })
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const certificateRefs = [{ name: 'safe-tls' }]
    await net.gateway('safe', [
      { name: 'https', port: 443, protocol: 'HTTPS', hostname: 'safe.example', tls: { certificateRefs } },
    ])
    const moved = { type: 'RequestRedirect', requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: '/new' } } }
    const rules = [{ backendRefs: [to('shop')] }, { matches: [{ path: { type: 'Exact', value: '/old' } }], filters: [moved] }]
    await net.route('safe', { parentRefs: [{ name: 'safe' }], hostnames: ['safe.example'], rules })
    const https = (path = '/', more = '-k') =>
      net.run('caller', `curl -s -m 3 ${more} --resolve safe.example:443:172.30.255.1 https://safe.example${path}`)
    expect((await https()).code).not.toBe(0)
    const listener = async () => (await net.gatewayStatus('safe')).listeners[0]
    expect(await listener()).toMatchObject({
      conditions: [
        { type: 'Accepted', status: 'True' },
        { type: 'Programmed', status: 'False', reason: 'Invalid' },
        { type: 'ResolvedRefs', reason: 'InvalidCertificateRef', message: 'Secret default/safe-tls is not there' },
        { type: 'Conflicted', status: 'False' },
      ],
    })

    await net.create('Secret', 'safe-tls', {
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(certificatePem), 'tls.key': base64(keyPem) },
    })
    await net.pass(1)
    expect(await listener()).toMatchObject({
      attachedRoutes: 1,
      conditions: [{ status: 'True' }, { status: 'True' }, { status: 'True' }, { status: 'False' }],
    })
    expect((await https()).stdout).toBe('shop\n')
    expect((await https('/', '')).code).toBe(60)
    expect((await https('/old', "-k -o /dev/null -w '%{redirect_url}'")).stdout).toBe('https://safe.example/new')
    const other = 'curl -sk -m 3 --resolve other.example:443:172.30.255.1 https://other.example/'
    expect((await net.run('caller', other)).code).not.toBe(0)
  })

  test('a mirror gets a copy, and its answer goes nowhere', async () => {
    const command = ['sh', '-c', 'mkdir -p /tmp/www; echo twin > /tmp/www/index.html; exec httpd -f -v -p 8080 -h /tmp/www']
    const twin = await net.server('twin', { container: { command } })
    await net.service('twin', { selector: { app: 'twin' }, ports: [{ port: 80, targetPort: 8080 }] })
    const mirror = { type: 'RequestMirror', requestMirror: { backendRef: { name: 'twin', port: 80 } } }
    await net.route('mirrored', { hostnames: ['mirrored.example'], rules: [{ filters: [mirror], backendRefs: [to('shop')] }] })
    expect(await net.ask('mirrored.example')).toBe('shop 200')
    await net.pass(1)
    let log = ''
    const write = (bytes: Uint8Array) => {
      log += Buffer.from(bytes).toString()
    }
    const options = { container: 'main', follow: false, previous: false, timestamps: false }
    await net.cluster.connections.logs(twin, options, write, new AbortController().signal)
    expect(log).toMatch(/response:200/)
  })

  test('a route with a filter that is not known is not served', async () => {
    const extension = { type: 'ExtensionRef', extensionRef: { group: 'example.com', kind: 'Filter', name: 'one' } }
    await net.route('strange', { hostnames: ['strange.example'], rules: [{ filters: [extension], backendRefs: [to('shop')] }] })
    expect(await net.conditions('strange')).toEqual(['Accepted False UnsupportedValue', 'ResolvedRefs True ResolvedRefs'])
    expect(await net.ask('strange.example')).toBe(' 404')
  })
})
