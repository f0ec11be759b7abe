/** The certificate of a TLS Secret, as a client judges it. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { KeyPair } from '../../access/certificates.js'
import type { TlsIdentity } from '../../containers/network.js'
import type { Secret } from '../../schema/kubernetes.generated.js'

/** Objects of the store never change: what was read once holds. */
const known = new WeakMap<Secret, TlsIdentity | null>()

/** undefined where the Secret holds none that can be read, or no key that fits it and can be used. */
export function identityOf(secret: Secret | undefined): TlsIdentity | undefined {
  if (!secret) return undefined
  const before = known.get(secret)
  if (before !== undefined) return before ?? undefined
  const identity = read((secret.data ?? {}) as Record<string, string>)
  known.set(secret, identity ?? null)
  return identity
}

function read(data: Record<string, string>): TlsIdentity | undefined {
  const pem = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString('utf8')
  try {
    return identityFrom({ certificatePem: pem('tls.crt'), keyPem: pem('tls.key') })
  } catch {
    return undefined
  }
}

/** Signing with a longer one holds up everybody who shares the core, with 16,384 bits for half a second. */
const LONGEST_RSA_BITS = 4096

/** @throws Error where one of them cannot be read, or where they are no pair */
export function identityFrom({ certificatePem, keyPem }: KeyPair): TlsIdentity {
  const certificate = new X509Certificate(certificatePem)
  const key = createPrivateKey(keyPem)
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) > LONGEST_RSA_BITS) throw new Error('the key is too long')
  if (!certificate.checkPrivateKey(key)) throw new Error('the key is not that of the certificate')
  const alternative = (certificate.subjectAltName ?? '').split(',').map((each) => each.trim().replace(/^(DNS|IP Address):/, ''))
  const common = /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? ''
  const isOwn = certificate.subject === certificate.issuer
  const names = [...(isOwn ? [common] : []), ...alternative, ...(alternative[0] ? [] : [common])].filter(Boolean)
  const issuer = isOwn ? (names[0] ?? '') : certificate.issuer
  return { names, issuer, caPem: certificate.toString().trim(), certificatePem, keyPem }
}
