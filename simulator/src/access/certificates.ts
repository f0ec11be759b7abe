/** The certificate authority of one cluster. Elliptic keys: made in well under a millisecond, where RSA takes a tenth of a second. */
import { type X509Certificate as NodeCertificate, webcrypto } from 'node:crypto'
// The X.509 library finds its parts by decorators.
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { Clock } from '../time/clock.js'

type CryptoKey = webcrypto.CryptoKey
type CryptoKeyPair = webcrypto.CryptoKeyPair

x509.cryptoProvider.set(webcrypto as never)

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNATURE = { ...KEY, hash: 'SHA-256' } as const
const YEAR_MS = 365 * 24 * 3600 * 1000
/** What ends sooner is made anew. */
const LEAST_LEFT_MS = YEAR_MS / 4
const CLIENT_AUTH = x509.ExtendedKeyUsage.clientAuth
const SERVER_AUTH = x509.ExtendedKeyUsage.serverAuth

export interface KeyPair {
  certificatePem: string
  keyPem: string
}

/** What a CA keeps over a restart. */
export interface AuthorityState extends KeyPair {
  /** By what they were asked for: making them again takes longer than all else of bringing a cluster back. */
  kept?: Record<string, KeptPair>
}

interface KeptPair extends KeyPair {
  untilMs: number
}

export interface Issue {
  commonName: string
  organizations?: string[]
  /** DNS names and addresses, for a server's certificate. */
  hosts?: string[]
  years?: number
}

const pem = (label: string, der: ArrayBuffer): string =>
  `-----BEGIN ${label}-----\n${(
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  ).join('\n')}\n-----END ${label}-----\n`

async function newKey(): Promise<{ keys: CryptoKeyPair; keyPem: string }> {
  const keys = (await webcrypto.subtle.generateKey(KEY, true, ['sign', 'verify'])) as CryptoKeyPair
  return { keys, keyPem: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)) }
}

const serialNumber = (): string => Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex')
const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':')

export class CertificateAuthority {
  /** Made before they were asked for. */
  readonly #ahead = new Map<string, KeyPair>()
  readonly #kept: Map<string, KeptPair>
  private constructor(
    readonly certificate: x509.X509Certificate,
    readonly own: AuthorityState,
    readonly signingKey: CryptoKey,
    readonly clock: Clock,
  ) {
    this.#kept = new Map(Object.entries(own.kept ?? {}))
  }

  get caPem(): string {
    return this.own.certificatePem
  }

  get state(): AuthorityState {
    return { ...this.own, kept: Object.fromEntries(this.#kept) }
  }

  static async create(clock: Clock): Promise<CertificateAuthority> {
    const { keys, keyPem } = await newKey()
    const now = clock.now()
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: 'CN=kubernetes',
      notBefore: new Date(now - 300_000),
      notAfter: new Date(now + 10 * YEAR_MS),
      keys,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'kubernetes' }]),
      ],
    })
    return new CertificateAuthority(
      certificate,
      { certificatePem: `${certificate.toString('pem')}\n`, keyPem },
      keys.privateKey,
      clock,
    )
  }

  static async open(state: AuthorityState, clock: Clock): Promise<CertificateAuthority> {
    const der = Buffer.from(state.keyPem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    const key = (await webcrypto.subtle.importKey('pkcs8', der, KEY, true, ['sign'])) as CryptoKey
    return new CertificateAuthority(new x509.X509Certificate(state.certificatePem), state, key, clock)
  }

  /** From now on and over a restart `issue` gives the same key and certificate for these options. */
  async keep(options: Issue): Promise<void> {
    const name = JSON.stringify(options)
    const kept = this.#kept.get(name)
    if (kept && kept.untilMs - this.clock.now() > LEAST_LEFT_MS) return
    this.#kept.delete(name)
    this.#kept.set(name, { ...(await this.issue(options)), untilMs: this.clock.now() + YEAR_MS })
  }

  /** A key with a certificate for a client, or for a server where `hosts` is given; a new one, unless it is kept. */
  async issue(options: Issue): Promise<KeyPair> {
    const name = JSON.stringify(options)
    const kept = this.#kept.get(name)
    if (kept) return { certificatePem: kept.certificatePem, keyPem: kept.keyPem }
    const ahead = this.#ahead.get(name)
    // Given out once: no two that ask share a key.
    this.#ahead.delete(name)
    return ahead ?? this.#issue(options)
  }

  /** Makes what the next call of `issue` with the same options gives. */
  async issueAhead(options: Issue): Promise<void> {
    this.#ahead.set(JSON.stringify(options), await this.#issue(options))
  }

  async #issue(options: Issue): Promise<KeyPair> {
    const { keys, keyPem } = await newKey()
    const certificate = await this.#sign(keys.publicKey, options)
    return { certificatePem: certificate, keyPem }
  }

  /** A client certificate for the key and subject of a signing request. @throws where the request cannot be read or its signature is wrong */
  async signRequest(csrPem: string, options: { usages: string[]; seconds: number }): Promise<string> {
    const request = new x509.Pkcs10CertificateRequest(csrPem)
    if (!(await request.verify())) throw new Error('the signature of the request is wrong')
    const names = request.subjectName
    return this.#sign(request.publicKey, {
      commonName: names.getField('CN')[0] ?? '',
      organizations: names.getField('O'),
      hosts: options.usages.includes('server auth') ? hostsOf(request) : [],
      years: options.seconds / (365 * 24 * 3600),
    })
  }

  async #sign(
    publicKey: CryptoKey | x509.PublicKey,
    { commonName, organizations = [], hosts = [], years = 1 }: Issue,
  ): Promise<string> {
    const now = this.clock.now()
    const isServer = hosts.length > 0
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: [...organizations.map((name) => ({ O: [name] })), { CN: [commonName] }],
      issuer: this.certificate.subject,
      notBefore: new Date(now - 300_000),
      notAfter: new Date(now + years * YEAR_MS),
      publicKey: publicKey as CryptoKey,
      signingKey: this.signingKey,
      signingAlgorithm: SIGNATURE,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([isServer ? SERVER_AUTH : CLIENT_AUTH]),
        await x509.AuthorityKeyIdentifierExtension.create(this.certificate, false),
        ...(isServer ? [alternativeNames(hosts)] : []),
      ],
    })
    return `${certificate.toString('pem')}\n`
  }
}

const alternativeNames = (hosts: string[]) =>
  new x509.SubjectAlternativeNameExtension(
    hosts.map((value) => ({ type: isAddress(value) ? ('ip' as const) : ('dns' as const), value })),
  )

/** A server's certificate that nobody vouches for, as programs make one that were given none. */
export async function selfSigned(
  { commonName, organizations = [], hosts = [], years = 1 }: Issue,
  clock: Clock,
): Promise<KeyPair> {
  const { keys, keyPem } = await newKey()
  const now = clock.now()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [...organizations.map((name) => ({ O: [name] })), { CN: [commonName] }],
    notBefore: new Date(now),
    notAfter: new Date(now + years * YEAR_MS),
    keys,
    signingAlgorithm: SIGNATURE,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([SERVER_AUTH]),
      alternativeNames(hosts),
    ],
  })
  return { certificatePem: `${certificate.toString('pem')}\n`, keyPem }
}

function hostsOf(request: x509.Pkcs10CertificateRequest): string[] {
  const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
  const found = request.getExtension(SUBJECT_ALTERNATIVE_NAME)
  return found instanceof x509.SubjectAlternativeNameExtension ? found.names.items.map((item) => item.value) : []
}

/** Name and groups of a client certificate, which the transport has verified against the CA. */
export function subjectOf(certificate: NodeCertificate): { name: string; groups: string[] } {
  const fields = certificate.subject.split('\n')
  const values = (key: string) =>
    fields.filter((field) => field.startsWith(`${key}=`)).map((field) => field.slice(key.length + 1))
  return { name: values('CN')[0] ?? '', groups: values('O') }
}
