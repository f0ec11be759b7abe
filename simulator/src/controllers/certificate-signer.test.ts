import { webcrypto, X509Certificate } from 'node:crypto'
// The X.509 library finds its parts by decorators.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { expect, test, vi } from 'vitest'
import { type LiveCluster, liveCluster } from './testing.js'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

async function ask(live: LiveCluster, name: string, usages: string[]): Promise<void> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const options = { name: `CN=${name},O=developers`, keys, signingAlgorithm: ALGORITHM as never }
  const pem = (await x509.Pkcs10CertificateRequestGenerator.create(options)).toString('pem')
  const made = await live.client.create('CertificateSigningRequest', {
    metadata: { name },
    spec: {
      request: Buffer.from(pem).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages,
      expirationSeconds: 3600,
    },
  })
  const conditions = [{ type: 'Approved', status: 'True', reason: 'ByHand', message: '' }]
  await live.client.updateSub('CertificateSigningRequest', name, { name: 'approval', body: { ...made, status: { conditions } } })
  // Signing is done by threads that know nothing of the clock of the test.
  await vi.waitFor(async () => {
    await live.pass(1)
    const { status } = await live.client.get('CertificateSigningRequest', name)
    expect(status?.certificate ?? status?.conditions?.[1]).toBeDefined()
  }, 10_000)
}

test('what was approved is signed by the CA of the cluster, for as long as was asked; what cannot be is failed', async () => {
  const live = await liveCluster()
  await ask(live, 'ann', ['client auth'])
  const signed = await live.client.get('CertificateSigningRequest', 'ann')
  const certificate = new X509Certificate(Buffer.from(String(signed.status?.certificate), 'base64'))
  expect(certificate.subject.split('\n').sort()).toEqual(['CN=ann', 'O=developers'])
  expect(certificate.verify(new X509Certificate(live.cluster.authority.caPem).publicKey)).toBe(true)
  expect(Date.parse(certificate.validTo) - live.clock.now()).toBeLessThanOrEqual(3600_000)
  await ask(live, 'bob', ['server auth'])
  const failed = await live.client.get('CertificateSigningRequest', 'bob')
  expect(failed.status?.certificate).toBeUndefined()
  expect(failed.status?.conditions?.[1]).toMatchObject({
    type: 'Failed',
    reason: 'SignerValidationFailure',
    message: 'invalid usage for client certificate: server auth',
  })
  await live.close()
  expect(live.errors).toEqual([])
})
