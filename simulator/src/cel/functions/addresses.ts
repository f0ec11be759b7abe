/** IP addresses and networks. Models k8s.io/apiserver/pkg/cel/library/ip.go and cidr.go. */
import { EvaluationError, Opaque, type Value } from '../values.js'
import { contained, type Declaration, global, member, traversal } from './declare.js'

interface Address {
  bits: 32 | 128
  value: bigint
}
interface Network {
  address: Address
  prefix: number
}

type Ip = Opaque<Address>
type Cidr = Opaque<Network>

const BYTE = /^(0|[1-9]\d{0,2})$/

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => BYTE.test(part) && Number(part) < 256)) return undefined
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n)
}

const GROUP = /^[0-9a-fA-F]{1,4}$/

function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const last = groups.at(-1) ?? ''
  const v4 = last.includes('.') ? parseV4(last) : undefined
  if (last.includes('.') && v4 === undefined) return undefined
  const plain = v4 === undefined ? groups : groups.slice(0, -1)
  if (!plain.every((group) => GROUP.test(group))) return undefined
  return [...plain.map((group) => BigInt(`0x${group}`)), ...(v4 === undefined ? [] : [v4 >> 16n, v4 & 0xffffn])]
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split('::')
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')]
  if (!head || !tail || halves.length > 2) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail]
  return groups.reduce((value, group) => (value << 16n) + group, 0n)
}

/** Letters, a zone among them. */
const LONGEST = 1000

/** @throws EvaluationError */
function parseAddress(text: string): Address {
  const [bare = '', zone] = text.length > LONGEST ? [] : text.split('%')
  const isV6 = bare.includes(':')
  const value = isV6 ? parseV6(bare) : parseV4(bare)
  if (value === undefined || (zone !== undefined && !isV6))
    throw new EvaluationError(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
    )
  if (zone !== undefined) throw new EvaluationError(`IP address ${JSON.stringify(text)} with zone value is not allowed`)
  if (isV6 && value >> 32n === 0xffffn)
    throw new EvaluationError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`)
  return { bits: isV6 ? 128 : 32, value }
}

function formatAddress({ bits, value }: Address): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_each, index) => ((value >> BigInt(112 - index * 16)) & 0xffffn).toString(16))
  let best = { start: 0, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (groups[start + length] === '0') length++
    if (length > best.length) best = { start, length }
  }
  if (best.length < 2) return groups.join(':')
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`
}

const ipOf = (address: Address): Ip => new Opaque('net.IP', address, formatAddress(address))
const cidrOf = (network: Network): Cidr => new Opaque('net.CIDR', network, `${formatAddress(network.address)}/${network.prefix}`)

const hostBits = ({ address, prefix }: Network): bigint => BigInt(address.bits - prefix)
const maskedValue = (network: Network): bigint => (network.address.value >> hostBits(network)) << hostBits(network)

/** @throws EvaluationError */
function parseNetwork(text: string): Network {
  const refuse = (why: string) =>
    new EvaluationError(
      `network address parse error during conversion from string: network address parse error during conversion from string: ${why}`,
    )
  const [, host = '', digits = ''] = /^(.*)\/(0|[1-9]\d*)$/.exec(text) ?? []
  if (!digits) throw refuse(`netip.ParsePrefix(${JSON.stringify(text)}): no '/'`)
  let address: Address
  try {
    address = parseAddress(host)
  } catch {
    throw refuse(`netip.ParsePrefix(${JSON.stringify(text)}): ParseAddr(${JSON.stringify(host)}): unable to parse IP`)
  }
  const prefix = Number(digits)
  if (prefix > address.bits) throw refuse(`netip.ParsePrefix(${JSON.stringify(text)}): prefix length out of range`)
  return { address, prefix }
}

function succeeds(work: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      work(text)
      return true
    } catch {
      return false
    }
  }
}

const within = (network: Network, { bits, value }: Address): boolean =>
  network.address.bits === bits && value >> hostBits(network) === network.address.value >> hostBits(network)

const containsNetwork = (outer: Network, inner: Network): boolean => outer.prefix <= inner.prefix && within(outer, inner.address)

/** Whether the first bits of an address are those of a prefix such as `0xfe80`, of `length` bits. */
const startsWith = ({ bits, value }: Address, prefix: bigint, length: number): boolean =>
  value >> BigInt(bits - length) === prefix

const is4 = (address: Address): boolean => address.bits === 32
const isLoopback = (address: Address): boolean => (is4(address) ? startsWith(address, 127n, 8) : address.value === 1n)
const isLinkLocal = (address: Address): boolean =>
  is4(address) ? startsWith(address, 0xa9fen, 16) : startsWith(address, 0x3fan, 10)
const isLocalMulticast = (address: Address): boolean =>
  is4(address) ? startsWith(address, 0xe00000n, 24) : address.value >> 120n === 0xffn && ((address.value >> 112n) & 0xfn) === 2n
const isMulticast = (address: Address): boolean => (is4(address) ? startsWith(address, 0xen, 4) : startsWith(address, 0xffn, 8))
const isGlobal = (address: Address): boolean =>
  address.value !== 0n &&
  !(is4(address) && address.value === 0xffffffffn) &&
  !isLoopback(address) &&
  !isMulticast(address) &&
  !isLinkLocal(address)

const about = (test: (address: Address) => Value) => (ip: Ip) => test(ip.inner)

export const addressFunctions: Declaration[] = [
  global('ip', '(string): net.IP', (text: string) => ipOf(parseAddress(text)), traversal()),
  global('isIP', '(string): bool', succeeds(parseAddress), traversal()),
  global('ip.isCanonical', '(string): bool', (text: string) => formatAddress(parseAddress(text)) === text, traversal(0.2)),
  global('string', '(net.IP): string', (ip: Ip) => ip.text),
  member(
    'net.IP',
    'family(): int',
    about((address) => (is4(address) ? 4n : 6n)),
  ),
  member(
    'net.IP',
    'isUnspecified(): bool',
    about(({ value }) => value === 0n),
  ),
  member('net.IP', 'isLoopback(): bool', about(isLoopback)),
  member('net.IP', 'isLinkLocalMulticast(): bool', about(isLocalMulticast)),
  member('net.IP', 'isLinkLocalUnicast(): bool', about(isLinkLocal)),
  member('net.IP', 'isGlobalUnicast(): bool', about(isGlobal)),
  global('cidr', '(string): net.CIDR', (text: string) => cidrOf(parseNetwork(text)), traversal()),
  global('isCIDR', '(string): bool', succeeds(parseNetwork), traversal()),
  global('string', '(net.CIDR): string', (cidr: Cidr) => cidr.text),
  member(
    'net.CIDR',
    'containsIP(string): bool',
    (cidr: Cidr, text: string) => within(cidr.inner, parseAddress(text)),
    contained(0, true),
  ),
  member('net.CIDR', 'containsIP(net.IP): bool', (cidr: Cidr, ip: Ip) => within(cidr.inner, ip.inner), contained(0, false)),
  member(
    'net.CIDR',
    'containsCIDR(string): bool',
    (cidr: Cidr, text: string) => containsNetwork(cidr.inner, parseNetwork(text)),
    contained(2, true),
  ),
  member(
    'net.CIDR',
    'containsCIDR(net.CIDR): bool',
    (cidr: Cidr, other: Cidr) => containsNetwork(cidr.inner, other.inner),
    contained(2, false),
  ),
  member('net.CIDR', 'ip(): net.IP', (cidr: Cidr) => ipOf(cidr.inner.address)),
  member('net.CIDR', 'prefixLength(): int', (cidr: Cidr) => BigInt(cidr.inner.prefix)),
  member('net.CIDR', 'masked(): net.CIDR', (cidr: Cidr) =>
    cidrOf({ ...cidr.inner, address: { ...cidr.inner.address, value: maskedValue(cidr.inner) } }),
  ),
]
