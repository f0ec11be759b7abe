/** The certificate of a TLS Secret, as a client judges it. */
import { X509Certificate } from 'node:crypto'
import type { TlsIdentity } from '../../containers/network.js'
import type { Secret } from '../../schema/kubernetes.generated.js'

/** undefined where the Secret holds none that can be read. */
export function identityOf(secret: Secret | undefined): TlsIdentity | undefined {
  const data = (secret?.data as Record<string, string> | undefined)?.['tls.crt']
  if (!data) return undefined
  try {
    const pem = Buffer.from(data, 'base64').toString('utf8')
    const certificate = new X509Certificate(pem)
    const alternative = (certificate.subjectAltName ?? '').split(',').map((each) => each.trim().replace(/^(DNS|IP Address):/, ''))
    const common = /CN\s*=\s*([^\n,/]+)/.exec(certificate.subject)?.[1] ?? ''
    const isOwn = certificate.subject === certificate.issuer
    const names = [...(isOwn ? [common] : []), ...alternative, ...(alternative[0] ? [] : [common])].filter(Boolean)
    return { names, issuer: isOwn ? (names[0] ?? '') : certificate.issuer, caPem: pem.trim() }
  } catch {
    return undefined
  }
}
