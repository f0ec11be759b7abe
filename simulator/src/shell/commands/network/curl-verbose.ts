/** What `curl -v` tells of a connection until its answer comes. */
import { type CertificateProblem, shownCertificate } from '../../../containers/certificates.js'
import { requestHead } from '../../../containers/http-wire.js'
import type { HttpRequest, TlsIdentity } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { encode } from '../../../containers/stream.js'
import type { TlsVersion } from '../../../containers/tls-versions.js'
import type { Url } from './url.js'

const OFFER = 'ALPN: curl offers h2,http/1.1'

/** Both sides of a handshake of TLS 1.3. */
const HANDSHAKE = [
  OFFER,
  'TLSv1.3 (OUT), TLS handshake, Client hello (1):',
  'TLSv1.3 (IN), TLS handshake, Server hello (2):',
  'TLSv1.3 (IN), TLS change cipher, Change cipher spec (1):',
  'TLSv1.3 (IN), TLS handshake, Encrypted Extensions (8):',
  'TLSv1.3 (IN), TLS handshake, Certificate (11):',
]
const AGREED = [
  'TLSv1.3 (IN), TLS handshake, CERT verify (15):',
  'TLSv1.3 (IN), TLS handshake, Finished (20):',
  'TLSv1.3 (OUT), TLS change cipher, Change cipher spec (1):',
  'TLSv1.3 (OUT), TLS handshake, Finished (20):',
  'SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / id-ecPublicKey',
  'ALPN: server accepted http/1.1',
]

/** The same of TLS 1.2, whose client may offer 1.3 too. */
const handshakeOf12 = (most: TlsVersion): string[] => [
  OFFER,
  `${most} (OUT), TLS handshake, Client hello (1):`,
  `${most} (IN), TLS handshake, Server hello (2):`,
  'TLSv1.2 (IN), TLS handshake, Certificate (11):',
]
const AGREED_ON_12 = [
  'TLSv1.2 (IN), TLS handshake, Server key exchange (12):',
  'TLSv1.2 (IN), TLS handshake, Server finished (14):',
  'TLSv1.2 (OUT), TLS handshake, Client key exchange (16):',
  'TLSv1.2 (OUT), TLS change cipher, Change cipher spec (1):',
  'TLSv1.2 (OUT), TLS handshake, Finished (20):',
  'TLSv1.2 (IN), TLS handshake, Finished (20):',
  'SSL connection using TLSv1.2 / ECDHE-ECDSA-AES256-GCM-SHA384 / X25519 / id-ecPublicKey',
  'ALPN: server accepted http/1.1',
]

/** What two sides have agreed on, and how it goes on. */
interface Secured {
  version: TlsVersion
  problem: CertificateProblem | undefined
  /** For all that, as with `-k`. */
  goesOn: boolean
}

const wireName = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
const shownRequest = (request: HttpRequest): string => {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [wireName(name), value]))
  return requestHead({ ...request, headers })
}

export class Report {
  /** Told when the server has answered, so that what comes before it is told before. */
  readonly #secured: string[] = []

  constructor(
    readonly process: Process,
    readonly to: { url: Url; address: string; isPinned: boolean; most: TlsVersion },
  ) {}

  async #say(lines: string[]): Promise<void> {
    await this.process.stderr.write(encode(lines.map((line) => `${line}\n`).join('')))
  }

  trying(): Promise<void> {
    const { url, address, isPinned } = this.to
    const where = `${url.host}:${url.port}`
    const found = isPinned
      ? [`Added ${where}:${address} to DNS cache`, `Hostname ${url.host} was found in DNS cache`]
      : url.host === address
        ? []
        : [`Host ${where} was resolved.`, 'IPv6: (none)', `IPv4: ${address}`]
    return this.#say([...found, `  Trying ${address}:${url.port}...`].map((line) => `* ${line}`))
  }

  /** Nothing was agreed on: the server says so. */
  disagreed(most: TlsVersion): void {
    const lines = [OFFER, `${most} (OUT), TLS handshake, Client hello (1):`, `${most} (IN), TLS alert, protocol version (582):`]
    void this.#say(lines.map((line) => `* ${line}`))
  }

  secured(identity: TlsIdentity, secured: Secured): void {
    const { version, problem, goesOn } = secured
    const isRefused = problem !== undefined && problem.code !== 0 && !goesOn
    const lines = isRefused
      ? [...this.#hello(version), `${version} (OUT), TLS alert, unknown CA (560):`]
      : this.#agreed(identity, secured)
    this.#secured.push(...lines.map((line) => `* ${line}`))
    if (problem && !goesOn) void this.#say(this.#secured)
  }

  #hello(version: TlsVersion): string[] {
    return version === 'TLSv1.2' ? handshakeOf12(this.to.most) : HANDSHAKE
  }

  #agreed(identity: TlsIdentity, { version, problem, goesOn }: Secured): string[] {
    const shown = shownCertificate(identity)
    const certificate = shown && [
      'Server certificate:',
      ` subject: ${shown.subject}`,
      ` start date: ${shown.startDate}`,
      ` expire date: ${shown.expireDate}`,
    ]
    const named = goesOn || problem ? [] : [` subjectAltName: host "${this.to.url.host}" matched cert's "${this.to.url.host}"`]
    const verdict = problem?.code
      ? ` SSL certificate verify result: ${problem.text} (${problem.code}), continuing anyway.`
      : ' SSL certificate verify ok.'
    const isNamedWrong = problem?.code === 0 && !goesOn
    return [
      ...this.#hello(version),
      ...(version === 'TLSv1.2' ? AGREED_ON_12 : AGREED),
      ...(certificate ?? []),
      ...(isNamedWrong ? [` subjectAltName does not match hostname ${this.to.url.host}`] : named),
      ...(shown ? [` issuer: ${shown.issuer}`] : []),
      ...(isNamedWrong ? [] : [verdict]),
    ]
  }

  async sent(request: HttpRequest): Promise<void> {
    const { url, address } = this.to
    await this.#say([
      ...this.#secured,
      `* Connected to ${url.host} (${address}) port ${url.port}`,
      '* using HTTP/1.x',
      ...shownRequest(request)
        .split('\r\n')
        .slice(0, -1)
        .map((line) => `> ${line}`),
      '* Request completely sent off',
    ])
  }
}
