import { webcrypto } from 'node:crypto'
// The X.509 library finds its parts by decorators.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CertificateSigningRequest } from '../schema/kubernetes.generated.js'
import { refusalOf, type TestCluster, testCluster } from '../testing.js'
import { readCertificateRequest } from './certificate-request.js'
import { authenticated } from './users.js'

const CSRS = 'certificates.k8s.io/v1/certificatesigningrequests'
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]), modulusLength: 2048 }

async function requestFor(name: string, algorithm: object = ECDSA): Promise<string> {
  const keys = (await webcrypto.subtle.generateKey(algorithm as never, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const options = { name, keys, signingAlgorithm: algorithm as never }
  const request = await x509.Pkcs10CertificateRequestGenerator.create(options)
  return request.toString('pem')
}

let ecdsa: string
let cluster: TestCluster
beforeAll(async () => {
  ecdsa = await requestFor('CN=ann,O=developers')
})
beforeEach(async () => {
  cluster = await testCluster()
})

const csr = (pem: string, spec: object = {}) => ({
  metadata: { name: 'ann' },
  spec: {
    request: Buffer.from(pem).toString('base64'),
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
    ...spec,
  },
})
const create = (spec: object = {}, pem = ecdsa) => cluster.object('create', CSRS, { body: csr(pem, spec) as never })
const approve = (type = 'Approved') => {
  const object = cluster.object('get', `${CSRS} ann`) as unknown as CertificateSigningRequest
  const conditions = [
    ...(object.status?.conditions ?? []),
    { type, status: 'True', reason: 'KubectlApprove', message: 'by hand' },
  ]
  return cluster.object('update', `${CSRS}/approval ann`, { body: { ...object, status: { conditions } } as never })
}

describe('a request for a certificate', () => {
  test('is read with every kind of key that openssl makes', async () => {
    expect(readCertificateRequest(ecdsa)).toMatchObject({ commonName: 'ann', organizations: ['developers'] })
    expect(readCertificateRequest(await requestFor('CN=bob', RSA))).toMatchObject({ commonName: 'bob' })
    expect(() => readCertificateRequest('hello')).toThrow('PEM block type must be CERTIFICATE REQUEST')
  })

  test('bears the name of who asks, whatever it says itself', () => {
    const made = cluster.as(authenticated('carl', ['system:masters'])).object('create', CSRS, {
      body: csr(ecdsa, { username: 'root', groups: ['system:masters'] }) as never,
    })
    expect(made.spec).toMatchObject({ username: 'carl', groups: ['system:masters', 'system:authenticated'] })
  })

  test('is refused with all that is wrong', () => {
    const refusal = refusalOf(() =>
      create({ request: 'aGVsbG8=', usages: ['client auth', 'fun'], signerName: 'mine', expirationSeconds: 60 }),
    )
    expect((refusal.details.causes ?? []).map(({ field }) => field)).toEqual([
      'spec.request',
      'spec.usages[1]',
      'spec.signerName',
      'spec.expirationSeconds',
    ])
  })

  test('for system:masters is not signed for clients', async () => {
    const pem = await requestFor('CN=root,O=system:masters')
    expect(refusalOf(() => create({}, pem)).message).toBe(
      'certificatesigningrequests.certificates.k8s.io "ann" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    )
  })

  test('is approved once, and not denied after that', () => {
    create()
    expect(approve()).toMatchObject({ status: { conditions: [{ type: 'Approved', lastUpdateTime: expect.any(String) }] } })
    expect(refusalOf(() => approve('Denied')).message).toContain('Approved and Denied conditions are mutually exclusive')
  })

  test('is approved by those alone who may', () => {
    create()
    const name = 'approvers'
    const role = {
      metadata: { name },
      rules: [{ apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests/approval'], verbs: ['update'] }],
    }
    cluster.object('create', 'rbac.authorization.k8s.io/v1/clusterroles', { body: role as never })
    const subjects = [{ kind: 'User', name: 'dan', apiGroup: 'rbac.authorization.k8s.io' }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
    cluster.object('create', 'rbac.authorization.k8s.io/v1/clusterrolebindings', {
      body: { metadata: { name }, subjects, roleRef } as never,
    })
    const object = cluster.object('get', `${CSRS} ann`)
    const body = { ...object, status: { conditions: [{ type: 'Approved', status: 'True' }] } } as never
    expect(refusalOf(() => cluster.as(authenticated('dan')).object('update', `${CSRS}/approval ann`, { body })).message).toBe(
      'certificatesigningrequests.certificates.k8s.io "ann" is forbidden: user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"',
    )
  })
})

describe('a token', () => {
  const token = (spec: object = {}, metadata: object = {}) =>
    cluster.object('create', 'v1/serviceaccounts/token default/robot', { body: { metadata, spec } as never })
  const claimsOf = (made: object) => {
    const text = (made as { status: { token: string } }).status.token
    return JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString()) as Record<string, never>
  }
  beforeEach(() => {
    cluster.object('create', 'v1/serviceaccounts default', { body: { metadata: { name: 'robot' } } })
  })

  test('says whose it is, for whom, and how long', () => {
    const made = token({ audiences: ['vault'], expirationSeconds: 1200 })
    expect(claimsOf(made)).toMatchObject({ aud: ['vault'], sub: 'system:serviceaccount:default:robot', jti: expect.any(String) })
    expect(refusalOf(() => token({ expirationSeconds: 60 })).message).toBe(
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    )
    expect(refusalOf(() => token({}, { name: 'other' })).message).toContain('must match the service account name if specified')
  })

  test('that is bound ends with what it is bound to', () => {
    cluster.object('create', 'v1/secrets default', { body: { metadata: { name: 'anchor' } } })
    const made = token({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'anchor' } })
    const { tokens } = cluster.cluster
    const text = (made.status as { token: string }).token
    expect(tokens.review(text)?.user.name).toBe('system:serviceaccount:default:robot')
    cluster.request('delete', 'v1/secrets default/anchor')
    expect(tokens.review(text)).toBeUndefined()
    expect(refusalOf(() => token({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'anchor' } })).code).toBe(404)
    expect(refusalOf(() => token({ boundObjectRef: { apiVersion: 'v1', kind: 'Service', name: 'anchor' } })).message).toContain(
      'cannot bind token to object of type',
    )
  })
})
