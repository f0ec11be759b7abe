/** What a certificate signing request asks for, read without waiting: validation happens in one step with the write. */
import { createPublicKey, verify } from 'node:crypto'
// The X.509 library finds its parts by decorators.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'

export interface RequestFacts {
  commonName: string
  organizations: string[]
  dnsNames: string[]
  addresses: string[]
  emails: string[]
  uris: string[]
}

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'

/** The text of `spec.request`, which is PEM in base64. */
export const pemOf = (request: string): string => Buffer.from(request, 'base64').toString('utf8')

/** Start and end of the element of DER at an offset, and where its content begins. */
function element(der: Uint8Array, start: number): { content: number; end: number } {
  const first = der[start + 1] ?? 0
  if (first < 0x80) return { content: start + 2, end: start + 2 + first }
  const count = first & 0x7f
  let length = 0
  for (let index = 0; index < count; index++) length = length * 256 + (der[start + 2 + index] ?? 0)
  return { content: start + 2 + count, end: start + 2 + count + length }
}

/** Whether the request was signed with the key that it carries. */
function isSigned(request: x509.Pkcs10CertificateRequest): boolean {
  const der = new Uint8Array(request.rawData)
  const outer = element(der, 0)
  const signed = element(der, outer.content)
  const algorithm = element(der, signed.end)
  const signature = element(der, algorithm.end)
  const { hash } = request.signatureAlgorithm as { hash?: { name: string } }
  const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' })
  // The first byte of a bit string counts its unused bits.
  const bytes = der.subarray(signature.content + 1, signature.end)
  return verify(hash ? hash.name.replace('-', '').toLowerCase() : null, der.subarray(outer.content, signed.end), key, bytes)
}

/** Letters. The largest keys in use, with hundreds of names, need a tenth of it; to read garbage of megabytes takes long. */
const LONGEST_PEM = 128 * 1024

/** @throws Error with the text of upstream where it is no request, or not signed by its own key */
export function readCertificateRequest(pem: string): RequestFacts {
  if (pem.length > LONGEST_PEM) throw new Error(`the limit of a certificate request is ${LONGEST_PEM} letters`)
  if (!/-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(pem)) throw new Error('PEM block type must be CERTIFICATE REQUEST')
  const request = new x509.Pkcs10CertificateRequest(pem)
  if (!isSigned(request)) throw new Error('x509: signature verification failed')
  const found = request.getExtension(SUBJECT_ALTERNATIVE_NAME)
  const names = found instanceof x509.SubjectAlternativeNameExtension ? found.names.items : []
  const ofType = (type: string) => names.filter((name) => name.type === type).map(({ value }) => value)
  return {
    commonName: request.subjectName.getField('CN')[0] ?? '',
    organizations: request.subjectName.getField('O'),
    dnsNames: ofType('dns'),
    addresses: ofType('ip'),
    emails: ofType('email'),
    uris: ofType('url'),
  }
}
