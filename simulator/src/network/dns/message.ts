/** Questions and answers of the domain name system, as they lie in a datagram. Names are lower case, with the last dot. */
import type { Data } from '../../containers/stream.js'

export type RecordType = 'A' | 'AAAA' | 'CNAME' | 'SRV' | 'PTR' | 'TXT' | 'NS' | 'SOA' | 'MX' | 'ANY'

export interface Question {
  name: string
  type: RecordType
  /** How many name servers have passed it on. */
  hops?: number
}

/** More than any chain of name servers: what comes so often goes in a circle. */
export const MOST_HOPS = 4

export interface DnsRecord {
  name: string
  type: RecordType
  ttl: number
  /** As `dig` prints it: an address, a name, `0 100 80 web.shop.svc.cluster.local.` */
  data: string
}

export type ResponseCode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'NOTIMP'

export interface Response {
  code: ResponseCode
  /** By a server that has the zone itself. */
  authoritative: boolean
  answers: DnsRecord[]
  authority: DnsRecord[]
  additional: DnsRecord[]
}

export const response = (code: ResponseCode, parts: Partial<Response> = {}): Response => ({
  code,
  authoritative: false,
  answers: [],
  authority: [],
  additional: [],
  ...parts,
})

/** `Web.shop` -> `web.shop.` */
export const fullName = (name: string): string => {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower : `${lower}.`
}

/** Whether a name is the zone or lies below it. */
export const isWithin = (name: string, zone: string): boolean => zone === '.' || name === zone || name.endsWith(`.${zone}`)

/** `10.96.0.1` -> `1.0.96.10.in-addr.arpa.` */
export const reverseName = (address: string): string => `${address.split('.').reverse().join('.')}.in-addr.arpa.`

/** The address of a reverse name; undefined where it is none. */
export function addressOfReverse(name: string): string | undefined {
  const [, parts] = /^((?:\d{1,3}\.){4})in-addr\.arpa\.$/.exec(name) ?? []
  return parts?.slice(0, -1).split('.').reverse().join('.')
}

/** Inside the simulated network a datagram of port 53 carries JSON: nothing but our own programs reads it. */
export const pack = (message: Question | Response): Data => JSON.stringify(message)
export const unpackQuestion = (data: Data): Question | undefined => read(data) as Question | undefined
export const unpackResponse = (data: Data): Response | undefined => read(data) as Response | undefined

function read(data: Data): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}
