/** Ranges of addresses of either family, such as `10.96.0.0/16` and `2001:db8::/64`. */
import { isIp } from './names.js'

export interface IpRange {
  family: 'IPv4' | 'IPv6'
  first: bigint
  last: bigint
}

const BITS = { IPv4: 32, IPv6: 128 } as const

function numberOf(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
  // The last four bytes may be written as an IPv4 address.
  const tail = /[\d.]+\.[\d.]+$/.exec(address)?.[0]
  const number = tail === undefined ? 0n : numberOf(tail)
  const groups =
    tail === undefined
      ? address
      : `${address.slice(0, -tail.length)}${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`
  const [left = '', right] = groups.split('::')
  const parts = (text: string | undefined) => (text ? text.split(':') : [])
  const missing = right === undefined ? 0 : 8 - parts(left).length - parts(right).length
  return [...parts(left), ...Array<string>(missing).fill('0'), ...parts(right)].reduce(
    (sum, part) => (sum << 16n) | BigInt(`0x${part}`),
    0n,
  )
}

/** @returns undefined where the text is no range; the bits after the prefix may be anything */
export function parseRange(text: string): IpRange | undefined {
  const [address = '', length = '', ...rest] = text.split('/')
  if (rest.length > 0 || !isIp(address) || !/^\d{1,3}$/.test(length)) return undefined
  const family = address.includes(':') ? 'IPv6' : 'IPv4'
  if (Number(length) > BITS[family]) return undefined
  const free = BigInt(BITS[family] - Number(length))
  const first = (numberOf(address) >> free) << free
  return { family, first, last: first + (1n << free) - 1n }
}

/** One address as a range. */
export const rangeOfAddress = (address: string): IpRange | undefined =>
  parseRange(`${address}/${address.includes(':') ? BITS.IPv6 : BITS.IPv4}`)

/** Whether every address of `inner` is in `outer`. */
export const holds = (outer: IpRange, inner: IpRange): boolean =>
  outer.family === inner.family && inner.first >= outer.first && inner.last <= outer.last
