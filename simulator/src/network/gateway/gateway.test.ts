import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { ResourceRef } from '../../client/client.js'
import type { KubeObject } from '../../objects/object.js'
import { type NetworkCluster, networkCluster } from '../testing.js'
import { GATEWAY, HTTP_ROUTE } from './kinds.js'

const load = (name: string): KubeObject[] =>
  parseAllDocuments(readFileSync(new URL(`../../../addons/${name}`, import.meta.url), 'utf8')).map(
    (each) => each.toJS() as KubeObject,
  )

describe('Gateway API', () => {
  let net: NetworkCluster
  const refFor = async (object: KubeObject): Promise<ResourceRef> => {
    const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion]
    const found = (await net.client.resources()).find(
      (each) => each.kind === object.kind && each.group === group && each.version === version,
    )
    if (!found) throw new Error(`${object.apiVersion} ${object.kind} is not served`)
    return found
  }
  const apply = async (name: string) => {
    for (const object of load(name)) await net.client.create(await refFor(object), object as never)
    await net.pass(2)
  }
  const route = async (name: string, spec: object) => {
    const metadata = { name, namespace: 'default' }
    await net.client.create(HTTP_ROUTE, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata,
      spec: { parentRefs: [{ name: 'front' }], ...spec },
    } as never)
    await net.pass(1)
  }
  const to = (name: string, weight = 1) => ({ name, port: 80, weight })
  const ask = async (host: string, path = '/', more = '') =>
    (
      await net.run('caller', `curl -s -m 3 ${more} -w ' %{http_code}' -H 'Host: ${host}' http://172.30.255.1${path}`)
    ).stdout.replace('\n', '')
  const conditions = async (name: string) => {
    const found = (await net.client.get(HTTP_ROUTE, `default/${name}`)) as unknown as {
      status: { parents: { conditions: { type: string; reason: string }[] }[] }
    }
    return found.status.parents[0]?.conditions.map(({ type, reason }) => `${type} ${reason}`)
  }

  beforeAll(async () => {
    net = await networkCluster()
    net.cluster.addImage('wheelhouse/gateway:1')
    await apply('gateway-api-crds.yaml')
    await apply('gateway.yaml')
    for (const name of ['shop', 'cart']) {
      await net.server(name)
      await net.service(name, { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] })
    }
    await net.caller('caller')
    const listeners = [{ name: 'http', port: 80, protocol: 'HTTP', hostname: '*.example' }]
    const metadata = { name: 'front', namespace: 'default' }
    await net.client.create(GATEWAY, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata,
      spec: { gatewayClassName: 'wheelhouse', listeners },
    } as never)
    await net.pass(2)
  }, 60_000)
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })

  test('hosts, paths and headers choose the rule', async () => {
    await route('shop', {
      hostnames: ['shop.example'],
      rules: [
        { matches: [{ path: { type: 'PathPrefix', value: '/' } }], backendRefs: [to('shop')] },
        { matches: [{ headers: [{ name: 'x-beta', value: 'yes' }] }], backendRefs: [to('cart')] },
      ],
    })
    expect(await ask('shop.example')).toBe('shop 200')
    expect(await ask('shop.example', '/', "-H 'X-Beta: yes'")).toBe('cart 200')
    expect(await ask('other.example')).toBe(' 404')
    expect(await conditions('shop')).toEqual(['Accepted Accepted', 'ResolvedRefs ResolvedRefs'])
  })

  test('the Gateway has its address, and counts its routes', async () => {
    const front = (await net.client.get(GATEWAY, 'default/front')) as unknown as { status: Record<string, unknown> }
    expect(front.status).toMatchObject({
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
    await route('more', {
      hostnames: ['more.example'],
      rules: [
        { matches: prefix('/split'), filters: [rewrite], backendRefs: [to('shop', 1), to('cart', 0)] },
        { matches: prefix('/marked'), filters: [rewrite, header], backendRefs: [to('cart')] },
        { matches: prefix('/old'), filters: [redirect] },
      ],
    })
    const seen = new Set<string>()
    for (let index = 0; index < 8; index++) seen.add(await ask('more.example', '/split'))
    expect([...seen]).toEqual(['shop 200'])
    expect(await ask('more.example', '/marked/', '-i')).toMatch(/x-via: gateway[\s\S]*cart\s+200$/)
    expect(await ask('more.example', '/old', '-o /dev/null -i')).toBe(' 301')
    const line = "curl -s -o /dev/null -w '%{redirect_url}' -H 'Host: more.example' http://172.30.255.1/old"
    expect((await net.run('caller', line)).stdout).toBe('https://new.example/old')
  })

  test('what does not fit is told of in conditions', async () => {
    await route('elsewhere', { hostnames: ['shop.invalid'], rules: [{ backendRefs: [to('shop')] }] })
    expect(await conditions('elsewhere')).toEqual(['Accepted NoMatchingListenerHostname', 'ResolvedRefs ResolvedRefs'])
    await route('nothing', { hostnames: ['nothing.example'], rules: [{ backendRefs: [to('missing')] }] })
    expect(await conditions('nothing')).toEqual(['Accepted Accepted', 'ResolvedRefs BackendNotFound'])
    expect(await ask('nothing.example')).toBe(' 500')
  })

  test('an HTTPS listener shows the certificate of its Secret; without one it serves nothing', async () => {
    const { certificatePem, keyPem } = await net.cluster.authority.issue({ commonName: 'safe.example', hosts: ['safe.example'] })
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const certificateRefs = [{ name: 'safe-tls' }]
    await net.client.create(GATEWAY, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'safe', namespace: 'default' },
      spec: {
        gatewayClassName: 'wheelhouse',
        listeners: [{ name: 'https', port: 443, protocol: 'HTTPS', hostname: 'safe.example', tls: { certificateRefs } }],
      },
    } as never)
    const moved = { type: 'RequestRedirect', requestRedirect: { path: { type: 'ReplaceFullPath', replaceFullPath: '/new' } } }
    const rules = [{ backendRefs: [to('shop')] }, { matches: [{ path: { type: 'Exact', value: '/old' } }], filters: [moved] }]
    await route('safe', { parentRefs: [{ name: 'safe' }], hostnames: ['safe.example'], rules })
    const https = (path = '/', more = '-k') =>
      net.run('caller', `curl -s -m 3 ${more} --resolve safe.example:443:172.30.255.1 https://safe.example${path}`)
    expect((await https()).code).not.toBe(0)
    const listener = async () =>
      ((await net.client.get(GATEWAY, 'default/safe')) as unknown as { status: { listeners: object[] } }).status.listeners[0]
    expect(await listener()).toMatchObject({
      conditions: [
        { type: 'Accepted', status: 'True' },
        { type: 'Programmed', status: 'False', reason: 'Invalid' },
        { type: 'ResolvedRefs', reason: 'InvalidCertificateRef', message: 'Secret default/safe-tls is not there' },
      ],
    })

    await net.create('Secret', 'safe-tls', {
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(certificatePem), 'tls.key': base64(keyPem) },
    })
    await net.pass(1)
    expect(await listener()).toMatchObject({
      attachedRoutes: 1,
      conditions: [{ status: 'True' }, { status: 'True' }, { status: 'True' }],
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
    await route('mirrored', { hostnames: ['mirrored.example'], rules: [{ filters: [mirror], backendRefs: [to('shop')] }] })
    expect(await ask('mirrored.example')).toBe('shop 200')
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
    await route('strange', { hostnames: ['strange.example'], rules: [{ filters: [extension], backendRefs: [to('shop')] }] })
    expect(await conditions('strange')).toEqual(['Accepted UnsupportedValue', 'ResolvedRefs ResolvedRefs'])
    expect(await ask('strange.example')).toBe(' 404')
  })
})
