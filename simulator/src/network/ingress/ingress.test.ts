import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ControllerCluster, ingressCluster } from './testing.js'

describe('Ingress', () => {
  let net: ControllerCluster
  const ingress = async (name: string, spec: object, annotations = {}) => {
    const prefixed = Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [`nginx.ingress.kubernetes.io/${key}`, value]),
    )
    const metadata = { name, namespace: 'default', annotations: prefixed }
    await net.client.create('Ingress', { metadata, spec: { ingressClassName: 'nginx', ...spec } } as never)
    await net.pass(1)
  }
  const backend = (name: string) => ({ service: { name, port: { number: 80 } } })
  const rule = (host: string, ...paths: [string, string, string?][]) => ({
    host,
    http: { paths: paths.map(([path, name, pathType = 'Prefix']) => ({ path, pathType, backend: backend(name) })) },
  })
  const ask = async (host: string, path = '/', more = '') =>
    (
      await net.run('caller', `curl -s -m 3 ${more} -H 'Host: ${host}' -w '%{http_code}' http://172.30.255.1${path}`)
    ).stdout.replace('\n', ' ')

  beforeAll(async () => {
    net = await ingressCluster()
    await net.service('empty', { selector: { app: 'nobody' }, ports: [{ port: 80 }] })
  })
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })

  test('hosts and paths lead to Services; what matches none is not found', async () => {
    await ingress('shop', { rules: [rule('shop.example', ['/', 'shop'], ['/cart', 'cart'], ['/only', 'cart', 'Exact'])] })
    expect(await ask('shop.example')).toBe('shop 200')
    expect(await ask('shop.example', '/nothing')).toMatch(/404 Not Found/)
    expect(await ask('other.example')).toMatch(/nginx[\s\S]*404$/)
    await ingress('rewrite', { rules: [rule('paths.example', ['/cart', 'cart'])] }, { 'rewrite-target': '/' })
    expect(await ask('paths.example', '/cart')).toBe('cart 200')
    // A rewrite turns the paths of its host into expressions, which match whatever begins so.
    expect(await ask('paths.example', '/Cartoon')).toBe('cart 200')
    expect(await ask('paths.example', '/shop')).toMatch(/404$/)
  })

  test('its address is written, and events tell that it was seen', async () => {
    const shop = await net.client.get('Ingress', 'default/shop')
    expect(shop.status?.loadBalancer?.ingress).toEqual([{ ip: '172.30.255.1' }])
    expect(await net.events('shop')).toContain('Normal Sync Scheduled for sync')
  })

  test('a Service without Pods is unavailable, a default backend takes the rest', async () => {
    await ingress('empty', { rules: [rule('empty.example', ['/', 'empty'])] })
    expect(await ask('empty.example')).toMatch(/503$/)
    await ingress('rest', { defaultBackend: backend('cart') })
    expect(await ask('nobody.example')).toBe('cart 200')
    await net.client.delete('Ingress', 'default/rest')
    await ingress('both', { defaultBackend: backend('cart'), rules: [rule('both.example', ['/index.html', 'shop', 'Exact'])] })
    expect(await ask('both.example', '/index.html')).toBe('shop 200')
    expect(await ask('both.example')).toBe('cart 200')
    await net.client.delete('Ingress', 'default/both')
    await net.pass(1)
  })

  test('paths match as the table of the documentation has it, a wildcard host one label', async () => {
    await ingress('table', {
      rules: [
        rule('table.example', ['/exact', 'shop', 'Exact'], ['/pre/fix/', 'cart']),
        rule('*.wild.example', ['/', 'cart', 'ImplementationSpecific']),
      ],
    })
    const code = async (host: string, path: string) =>
      (await net.run('caller', `curl -s -o /dev/null -w '%{http_code}' -H 'Host: ${host}' http://172.30.255.1${path}`)).stdout
    const reached = async (host: string, path: string) => ((await ask(host, path)).includes('nginx') ? 'no' : 'yes')
    for (const [path, expected] of Object.entries({
      '/exact/': 'no',
      '/Exact': 'no',
      '/pre/fix': 'yes',
      '/pre/fix/': 'yes',
      '/pre/fix/more': 'yes',
      '/pre/fixes': 'no',
      '/pre': 'no',
    }))
      expect([path, await reached('table.example', path)]).toEqual([path, expected])
    expect(await code('one.wild.example', '/')).toBe('200')
    expect(await code('one.two.wild.example', '/')).toBe('404')
    expect(await code('wild.example', '/')).toBe('404')
  })

  test('with TLS, plain requests are redirected and the certificate is the one of the Secret', async () => {
    await ingress('safe', {
      tls: [{ hosts: ['safe.example'], secretName: 'missing' }],
      rules: [rule('safe.example', ['/', 'shop'])],
    })
    const redirect = "curl -s -o /dev/null -w '%{redirect_url} %{http_code}' -H 'Host: safe.example' http://172.30.255.1/"
    expect((await net.run('caller', redirect)).stdout).toBe('https://safe.example/ 308')
    const line = (more: string) => `curl -s ${more} --resolve safe.example:443:172.30.255.1 https://safe.example/`
    expect((await net.run('caller', line('-k'))).stdout).toBe('shop\n')
    expect((await net.run('caller', line(''))).code).toBe(60)
  })

  test('another class, or no controller, routes nothing', async () => {
    await ingress('foreign', { ingressClassName: 'other', rules: [rule('foreign.example', ['/', 'shop'])] })
    expect(await ask('foreign.example')).toMatch(/404$/)
    await net.client.delete('Pod', 'ingress-nginx/controller', { graceSeconds: 0 })
    await net.pass(1)
    expect((await net.run('caller', 'curl -s http://172.30.255.1/')).code).toBe(7)
  })
})
