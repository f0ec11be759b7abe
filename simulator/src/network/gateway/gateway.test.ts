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
})
