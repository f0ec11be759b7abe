/** Which version of TLS two programs agree on. OpenSSL of today speaks none before 1.2, whatever it is told. */
import type { TlsIdentity } from './network.js'

/** Oldest first, as nginx names them. */
export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export type TlsVersion = (typeof TLS_VERSIONS)[number]

/** The first and the last that a side takes. */
export interface TlsRange {
  least: TlsVersion
  most: TlsVersion
}

export const ANY_TLS: TlsRange = { least: 'TLSv1', most: 'TLSv1.3' }

const SPOKEN: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3']
const place = (version: TlsVersion): number => TLS_VERSIONS.indexOf(version)

/** What of a range is spoken at all. */
export const spokenOf = ({ least, most }: TlsRange): TlsVersion[] =>
  SPOKEN.filter((version) => place(version) >= place(least) && place(version) <= place(most))

/** The newest that both speak; undefined where there is none. */
export function agreedVersion({ versions = SPOKEN }: TlsIdentity, range: TlsRange): TlsVersion | undefined {
  return spokenOf(range).findLast((version) => versions.includes(version))
}

/** For Node's TLS, which takes the ends of a range; `versions` in any order. */
export function rangeOf(versions: readonly TlsVersion[]): TlsRange | undefined {
  const sorted = TLS_VERSIONS.filter((version) => versions.includes(version))
  const [least, most] = [sorted[0], sorted.at(-1)]
  return least && most ? { least, most } : undefined
}
