/** A server's certificate as its client judges it, in the words of OpenSSL. */
import { X509Certificate } from 'node:crypto'
import type { TlsIdentity } from './network.js'

export interface CertificateProblem {
  /** OpenSSL's number; 0 where the certificate is good and not the one of the host. */
  code: number
  text: string
}

const SELF_SIGNED: CertificateProblem = { code: 18, text: 'self-signed certificate' }
const UNKNOWN_ISSUER: CertificateProblem = { code: 20, text: 'unable to get local issuer certificate' }

const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []).flatMap((each) => {
    try {
      return [new X509Certificate(each)]
    } catch {
      return []
    }
  })

const isSignedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/** Whether somebody who is trusted has signed a certificate, or who signed it stands in the chain and is trusted so. */
function isTrusted(leaf: X509Certificate, chain: X509Certificate[], trusted: X509Certificate[]): boolean {
  if (trusted.some((each) => each.fingerprint256 === leaf.fingerprint256 || isSignedBy(leaf, each))) return true
  const [issuer] = chain.filter((each) => each.fingerprint256 !== leaf.fingerprint256 && isSignedBy(leaf, each))
  return (
    issuer !== undefined &&
    isTrusted(
      issuer,
      chain.filter((each) => each !== issuer),
      trusted,
    )
  )
}

/** Who signed it, and when it holds. @param trustedPem whom the client trusts */
export function trustProblem(identity: TlsIdentity, trustedPem: string, nowMs: number): CertificateProblem | undefined {
  const [leaf, ...chain] = certificatesIn(identity.certificatePem ?? '')
  const isOwn = leaf ? leaf.subject === leaf.issuer : identity.issuer === identity.names[0]
  const isGood = leaf
    ? isTrusted(leaf, chain, certificatesIn(trustedPem))
    : identity.caPem !== undefined && trustedPem.includes(identity.caPem.trim())
  if (!isGood) return isOwn ? SELF_SIGNED : UNKNOWN_ISSUER
  if (leaf && Date.parse(leaf.validTo) < nowMs) return { code: 10, text: 'certificate has expired' }
  if (leaf && Date.parse(leaf.validFrom) > nowMs) return { code: 9, text: 'certificate is not yet valid' }
  return undefined
}

export function nameProblem({ certificatePem, names }: TlsIdentity, host: string): CertificateProblem | undefined {
  const [leaf] = certificatesIn(certificatePem ?? '')
  const isAddress = /^[\d.]+$/.test(host)
  const isNamed = leaf
    ? (isAddress ? leaf.checkIP(host) : leaf.checkHost(host)) !== undefined
    : names.some((name) => name === host || (name.startsWith('*.') && host.endsWith(name.slice(1))))
  return isNamed ? undefined : { code: 0, text: `no alternative certificate subject name matches target host name '${host}'` }
}

export interface ShownCertificate {
  subject: string
  issuer: string
  startDate: string
  expireDate: string
}

/** undefined where the server has shown a certificate of which the simulator keeps the names alone. */
export function shownCertificate({ certificatePem }: TlsIdentity): ShownCertificate | undefined {
  const [leaf] = certificatesIn(certificatePem ?? '')
  if (!leaf) return undefined
  const inOneLine = (name: string) => name.split('\n').join('; ')
  const { subject, issuer, validFrom, validTo } = leaf
  return { subject: inOneLine(subject), issuer: inOneLine(issuer), startDate: validFrom, expireDate: validTo }
}
