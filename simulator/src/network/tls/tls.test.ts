/** Real TLS, as the programs of the learner's workstation speak it, against what listens in the cluster. */

import { generateKeyPair, X509Certificate } from 'node:crypto'
import { Agent, request } from 'node:https'
import { connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GatewayCluster, gatewayCluster, to } from '../gateway/testing.js'
import { type ControllerCluster, ingressCluster } from '../ingress/testing.js'
import type { NetworkCluster } from '../testing.js'
import { toDuplex } from './bytes.js'
import { identityFrom } from './identity.js'

/** In every Pod. */
const CA = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'
const ADDRESS = '172.30.255.1'

interface Asked {
  name?: string
  path?: string
  address?: string
  port?: number
  headers?: Record<string, string>
}
interface Answer {
  status: number
  body: string
  certificate: PeerCertificate
  /** Whether the cluster's authority has signed it. The time of a test stands still: it says nothing of whether it is still valid. */
  isSigned: boolean
  protocol: string | null
}

async function ask(
  net: NetworkCluster,
  { name, path = '/', address = ADDRESS, port = 443, headers = {} }: Asked,
): Promise<Answer> {
  const authority = new X509Certificate(net.cluster.authority.caPem)
  const connection = await net.fabric.dial({ address, port }, new AbortController().signal)
  const options = { ...(name ? { servername: name } : {}), ALPNProtocols: ['h2', 'http/1.1'] }
  const socket: TLSSocket = connect({ socket: toDuplex(connection) as never, rejectUnauthorized: false, ...options })
  const agent = new Agent()
  agent.createConnection = () => socket
  try {
    return await new Promise((resolve, reject) => {
      socket.on('error', reject)
      const asked = request({ agent, path, headers: { host: name ?? address, ...headers } }, (response) => {
        let body = ''
        response.on('data', (chunk) => {
          body += chunk
        })
        const certificate = socket.getPeerCertificate()
        const isSigned = new X509Certificate(certificate.raw).verify(authority.publicKey)
        const protocol = socket.alpnProtocol || null
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body, certificate, isSigned, protocol }))
      })
      asked.on('error', reject)
      asked.end()
    })
  } finally {
    socket.destroy()
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const secret = async (
  net: NetworkCluster,
  name: string,
  { certificatePem, keyPem }: { certificatePem: string; keyPem: string },
) => {
  await net.create('Secret', name, {
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(certificatePem), 'tls.key': base64(keyPem) },
  })
  await net.pass(1)
}
const issue = (net: NetworkCluster, ...hosts: string[]) => net.cluster.authority.issue({ commonName: hosts[0] ?? '', hosts })

describe('TLS of an Ingress', () => {
  let net: ControllerCluster
  const ingress = async (host: string, secretName?: string) => {
    const paths = [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } }]
    const tls = secretName ? [{ hosts: [host], secretName }] : []
    await net.create('Ingress', host, { spec: { ingressClassName: 'nginx', tls, rules: [{ host, http: { paths } }] } })
    await net.pass(1)
  }
  beforeAll(async () => {
    net = await ingressCluster()
    await secret(net, 'safe', await issue(net, 'safe.example'))
    await secret(net, 'other', await issue(net, 'other.example'))
    await secret(net, 'no-pair', { ...(await issue(net, 'torn.example')), keyPem: (await issue(net, 'x')).keyPem })
    await ingress('safe.example', 'safe')
    await ingress('wrong.example', 'other')
    await ingress('torn.example', 'no-pair')
    await ingress('later.example', 'later')
    await ingress('plain.example')
  })
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })

  test('a name gets the certificate of its Secret, which who trusts its authority accepts', async () => {
    const answer = await ask(net, { name: 'safe.example' })
    expect(answer).toMatchObject({ status: 200, body: 'shop\n', isSigned: true, protocol: 'http/1.1' })
    expect(answer.certificate.subject.CN).toBe('safe.example')
  })

  test.each([['wrong.example'], ['torn.example'], ['later.example'], ['plain.example'], [undefined]])(
    'the controller has a certificate of its own for %s',
    async (name) => {
      const { certificate, isSigned, status } = await ask(net, { ...(name ? { name } : {}) })
      expect(certificate.subject).toEqual({ O: 'Acme Co', CN: 'Kubernetes Ingress Controller Fake Certificate' })
      expect(certificate.subjectaltname).toBe('DNS:ingress.local')
      expect([isSigned, status]).toEqual([false, name ? 200 : 404])
    },
  )

  test('why it does so stands in its log; a Secret that comes later is shown', async () => {
    const log = await net.log()
    expect(log).toContain(
      'SSL certificate "default/other" does not contain a Common Name or Subject Alternative Name for server "wrong.example"',
    )
    expect(log).toContain('local SSL certificate default/later was not found. Using default certificate')
    await secret(net, 'later', await issue(net, 'later.example'))
    expect((await ask(net, { name: 'later.example' })).certificate.subject.CN).toBe('later.example')
  })

  test('many clients at once are answered, each in its turn', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(net, { name: 'safe.example' })))
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['shop\n']))
  })

  test('a key that holds up everybody is not used', async () => {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 4104 })
    const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const { certificatePem } = await issue(net, 'long.example')
    expect(() => identityFrom({ certificatePem, keyPem })).toThrow('the key is too long')
  }, 60_000)

  test('who speaks no TLS is told so', async () => {
    const connection = await net.fabric.dial({ address: ADDRESS, port: 443 }, new AbortController().signal)
    await connection.write('GET / HTTP/1.0\r\nHost: safe.example\r\n\r\n')
    expect(await connection.read()).toMatch(/^HTTP\/1.1 400 Bad Request[\s\S]*The plain HTTP request was sent to HTTPS port/)
    connection.close()
  })

  test('curl in a Pod shows the certificate and what it makes of it', async () => {
    const line = (more: string) => `curl -v ${more} --resolve safe.example:443:${ADDRESS} https://safe.example/`
    const trusting = await net.run('caller', line(`-s --cacert ${CA}`))
    expect(trusting.stdout).toBe('shop\n')
    for (const text of [
      '* Added safe.example:443:172.30.255.1 to DNS cache',
      '*  subject: CN=safe.example',
      '*  subjectAltName: host "safe.example" matched cert\'s "safe.example"',
      '*  issuer: CN=kubernetes',
      '*  SSL certificate verify ok.',
      '> GET / HTTP/1.1',
      '< HTTP/1.1 200 OK',
    ])
      expect(trusting.stderr).toContain(`${text}\n`)
    const careless = await net.run('caller', line('-sk'))
    expect(careless.stderr).toContain(
      '*  SSL certificate verify result: unable to get local issuer certificate (20), continuing anyway.\n',
    )
    const careful = await net.run('caller', line('-sS'))
    expect(careful).toMatchObject({ code: 60, stdout: '' })
    expect(careful.stderr).toContain('curl: (60) SSL certificate problem: unable to get local issuer certificate')
    const named = `curl -sS --cacert ${CA} --resolve plain.example:443:${ADDRESS} https://plain.example/`
    expect((await net.run('caller', named)).stderr).toContain('SSL certificate problem: self-signed certificate')
  })
})

describe('TLS of a Gateway', () => {
  let net: GatewayCluster
  beforeAll(async () => {
    net = await gatewayCluster()
    await net.apply('gateway-api-experimental-crds.yaml')
    // Its controller looks for new kinds once a minute.
    await net.pass(61)
  })
  afterAll(async () => {
    await net.close()
    expect(net.errors).toEqual([])
  })

  test('a listener shows the certificate of its Secret, and no name but its own', async () => {
    await secret(net, 'safe', await issue(net, 'safe.example'))
    const listener = { name: 'https', port: 443, protocol: 'HTTPS', hostname: 'safe.example' }
    await net.gateway('safe', [{ ...listener, tls: { certificateRefs: [{ name: 'safe' }] } }])
    await net.route('safe', { parentRefs: [{ name: 'safe' }], rules: [{ backendRefs: [to('shop')] }] })
    const answer = await ask(net, { name: 'safe.example' })
    expect(answer).toMatchObject({ status: 200, body: 'shop\n', isSigned: true })
    await expect(ask(net, { name: 'stranger.example' })).rejects.toThrow()
  })

  test('a TLSRoute leads to who ends TLS itself', async () => {
    await net.gateway('through', [
      { name: 'tls', port: 9443, protocol: 'TLS', hostname: 'kubernetes.default', tls: { mode: 'Passthrough' } },
    ])
    const rules = [{ backendRefs: [{ name: 'kubernetes', port: 443 }] }]
    await net.route('through', { parentRefs: [{ name: 'through' }], hostnames: ['kubernetes.default'], rules }, 'TLSRoute')
    const answer = await ask(net, { name: 'kubernetes.default', port: 9443, path: '/version' })
    expect(answer).toMatchObject({ status: 200, isSigned: true })
    expect(JSON.parse(answer.body)).toMatchObject({ major: '1', minor: '36' })
  })

  test('the API server answers at its Service and judges who asks', async () => {
    const at = { address: '10.96.0.1' }
    expect(await ask(net, { ...at, path: '/version' })).toMatchObject({ status: 200 })
    expect(await ask(net, { ...at, path: '/api/v1/pods' })).toMatchObject({ status: 403 })
    expect(await ask(net, { ...at, path: '/api', headers: { authorization: 'Bearer nonsense' } })).toMatchObject({ status: 401 })
  })
})
