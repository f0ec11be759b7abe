/** What `curl -v` tells of a connection until its answer comes. */
import { type CertificateProblem, shownCertificate } from '../../../containers/certificates.js'
import { requestHead } from '../../../containers/http-wire.js'
import type { HttpRequest, TlsIdentity } from '../../../containers/network.js'
import type { Process } from '../../../containers/process.js'
import { encode } from '../../../containers/stream.js'
import type { Url } from './url.js'

/** Both sides of a handshake of TLS 1.3. */
const HANDSHAKE = [
  'ALPN: curl offers h2,http/1.1',
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
    readonly to: { url: Url; address: string; isPinned: boolean },
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

  /** @param judged `goesOn`: for all that, as with `-k` */
  secured(identity: TlsIdentity, { problem, goesOn }: { problem: CertificateProblem | undefined; goesOn: boolean }): void {
    const isRefused = problem !== undefined && problem.code !== 0 && !goesOn
    const lines = isRefused
      ? [...HANDSHAKE, 'TLSv1.3 (OUT), TLS alert, unknown CA (560):']
      : this.#agreed(identity, problem, goesOn)
    this.#secured.push(...lines.map((line) => `* ${line}`))
    if (problem && !goesOn) void this.#say(this.#secured)
  }

  #agreed(identity: TlsIdentity, problem: CertificateProblem | undefined, goesOn: boolean): string[] {
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
      ...HANDSHAKE,
      ...AGREED,
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
