/** Quantities, URLs, named formats and versions. Models k8s.io/apiserver/pkg/cel/library. */
import { dns1035Label, dnsLabel, dnsSubdomain, labelValue, type NameRule, qualifiedName } from '../../objects/names.js'
import { formatQuantity, parseQuantity, QUANTITY_MESSAGE, type Quantity } from '../../objects/quantity.js'
import { EntryMap, EvaluationError, Opaque, Optional, type Value } from '../values.js'
import { type Declaration, formatCheck, global, member, traversal } from './declare.js'

const NANO = 1_000_000_000n
type Amount = Opaque<Quantity>
const amountOf = (quantity: Quantity): Amount => new Opaque('kubernetes.Quantity', quantity, String(quantity.nanos))

function quantityOf(text: string): Amount {
  const parsed = parseQuantity(text)
  if (!parsed) throw new EvaluationError(QUANTITY_MESSAGE)
  return amountOf(parsed)
}

const added = (amount: Amount, nanos: bigint): Amount => amountOf({ ...amount.inner, nanos: amount.inner.nanos + nanos })
const order = (left: bigint, right: bigint): bigint => (left < right ? -1n : left > right ? 1n : 0n)
const byAmount = (left: Amount, right: Amount): bigint => order(left.inner.nanos, right.inner.nanos)

function integerOf({ inner }: Amount): bigint {
  if (inner.nanos % NANO !== 0n) throw new EvaluationError('cannot convert value to integer')
  return inner.nanos / NANO
}

const Q = 'kubernetes.Quantity'
const quantities: Declaration[] = [
  global('quantity', `(string): ${Q}`, quantityOf, traversal()),
  global('isQuantity', '(string): bool', (text: string) => parseQuantity(text) !== null, traversal()),
  global('sign', `(${Q}): int`, (amount: Amount) => order(amount.inner.nanos, 0n)),
  member(Q, `isGreaterThan(${Q}): bool`, (left: Amount, right: Amount) => byAmount(left, right) > 0n),
  member(Q, `isLessThan(${Q}): bool`, (left: Amount, right: Amount) => byAmount(left, right) < 0n),
  member(Q, `compareTo(${Q}): int`, byAmount),
  member(Q, 'asApproximateFloat(): double', ({ inner }: Amount) => Number(inner.nanos) / 1e9),
  member(Q, 'asInteger(): int', integerOf),
  member(Q, 'isInteger(): bool', ({ inner }: Amount) => inner.nanos % NANO === 0n),
  member(Q, `add(${Q}): ${Q}`, (left: Amount, right: Amount) => added(left, right.inner.nanos)),
  member(Q, `add(int): ${Q}`, (left: Amount, right: bigint) => added(left, right * NANO)),
  member(Q, `sub(${Q}): ${Q}`, (left: Amount, right: Amount) => added(left, -right.inner.nanos)),
  member(Q, `sub(int): ${Q}`, (left: Amount, right: bigint) => added(left, -right * NANO)),
]

/** As `%s` and messages show a quantity. */
export const quantityText = (amount: Amount): string => formatQuantity(amount.inner)

interface Url {
  scheme: string
  host: string
  path: string
  query: string
}
type UrlValue = Opaque<Url>
const URL_PARTS = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:[^@/?#]*@)?(\[[^\]]*\](?::\d*)?|[^/?#]*))?([^?#]*)(?:\?([^#]*))?/

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const CONTROL = /[\x00-\x1f\x7f]/

/** Go's url.ParseRequestURI: with a scheme, or a path from the root. @throws EvaluationError */
function urlOf(text: string): UrlValue {
  const refuse = (why: string) =>
    new EvaluationError(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${why}`)
  if (text === '') throw refuse('empty url')
  if (CONTROL.test(text)) throw refuse('net/url: invalid control character in URL')
  const [, scheme = '', host = '', path = '', query = ''] = URL_PARTS.exec(text) ?? []
  if (!scheme && !text.startsWith('/')) throw refuse('invalid URI for request')
  if (/[ <>"]/.test(host)) throw refuse(`invalid character ${JSON.stringify(/[ <>"]/.exec(host)?.[0])} in host name`)
  const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(path)
  if (wrong) throw refuse(`invalid URL escape ${JSON.stringify(wrong[0])}`)
  return new Opaque('kubernetes.URL', { scheme: scheme.toLowerCase(), host, path, query }, text)
}

const portOf = (host: string): string => /:(\d*)$/.exec(host)?.[1] ?? ''
const hostnameOf = (host: string): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')
const escapedPath = (path: string): string => encodeURI(path).replaceAll('%25', '%')

function queryOf(query: string): EntryMap {
  const map = new EntryMap()
  const parameters = new URLSearchParams(query)
  for (const key of new Set(parameters.keys())) map.set(key, parameters.getAll(key))
  return map
}

function isUrl(text: string): boolean {
  try {
    urlOf(text)
    return true
  } catch {
    return false
  }
}

const U = 'kubernetes.URL'
const urls: Declaration[] = [
  global('url', `(string): ${U}`, urlOf, traversal(undefined, true)),
  global('isURL', '(string): bool', isUrl),
  member(U, 'getScheme(): string', ({ inner }: UrlValue) => inner.scheme),
  member(U, 'getHost(): string', ({ inner }: UrlValue) => inner.host),
  member(U, 'getHostname(): string', ({ inner }: UrlValue) => hostnameOf(inner.host)),
  member(U, 'getPort(): string', ({ inner }: UrlValue) => portOf(inner.host)),
  member(U, 'getEscapedPath(): string', ({ inner }: UrlValue) => escapedPath(inner.path)),
  member(U, 'getQuery(): map(string, list(string))', ({ inner }: UrlValue) => queryOf(inner.query)),
]

interface NamedFormat {
  check: NameRule
  /** Of the regular expression behind it. */
  length: number
}
type FormatValue = Opaque<NamedFormat>

/** A prefix may end with a hyphen: the generated part follows. */
const prefixed =
  (rule: NameRule): NameRule =>
  (text) =>
    rule(text.endsWith('-') ? `${text.slice(0, -1)}a` : text)
const shaped =
  (pattern: RegExp, problem: string): NameRule =>
  (text) =>
    pattern.test(text) ? [] : [problem]
const dated =
  (pattern: RegExp, problem: string): NameRule =>
  (text) =>
    pattern.test(text) && !Number.isNaN(Date.parse(text)) ? [] : [problem]

function uriProblems(text: string): string[] {
  try {
    urlOf(text)
    return []
  } catch (error) {
    return [(error as Error).message.replace('URL parse error during conversion from string: ', '')]
  }
}

const FORMATS: Record<string, NamedFormat> = {
  dns1123Label: { check: dnsLabel, length: 30 },
  dns1123Subdomain: { check: dnsSubdomain, length: 60 },
  dns1035Label: { check: dns1035Label, length: 30 },
  qualifiedName: { check: qualifiedName, length: 60 },
  dns1123LabelPrefix: { check: prefixed(dnsLabel), length: 30 },
  dns1123SubdomainPrefix: { check: prefixed(dnsSubdomain), length: 60 },
  dns1035LabelPrefix: { check: prefixed(dns1035Label), length: 30 },
  labelValue: { check: labelValue, length: 40 },
  uri: { check: uriProblems, length: 1100 },
  uuid: {
    check: shaped(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i, 'does not match the UUID format'),
    length: 100,
  },
  byte: { check: shaped(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'invalid base64'), length: 84 },
  date: { check: dated(/^\d{4}-\d{2}-\d{2}$/, 'invalid date'), length: 100 },
  datetime: {
    check: dated(/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/, 'invalid datetime'),
    length: 100,
  },
}

const LONGEST_PATTERN = 128
const F = 'kubernetes.NamedFormat'
const formatOf = (name: string): FormatValue | undefined => {
  const found = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  return found && new Opaque(F, found, name)
}

function validate(format: FormatValue, text: string): Optional {
  const problems = format.inner.check(text)
  return problems.length ? Optional.of(problems) : Optional.none
}

const named: Declaration[] = [
  ...Object.keys(FORMATS).map((name) => global(`format.${name}`, `(): ${F}`, () => formatOf(name) as Value)),
  global('format.named', `(string): optional(${F})`, (name: string) => {
    const found = formatOf(name)
    return found ? Optional.of(found) : Optional.none
  }),
  member(
    F,
    'validate(string): optional(list(string))',
    validate,
    formatCheck((format) => (format as FormatValue).inner.length, LONGEST_PATTERN),
  ),
]

interface Semver {
  numbers: [bigint, bigint, bigint]
  pre: string[]
}
type Version = Opaque<Semver>
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/

/** `v1.02` becomes `1.2.0` */
function normalized(text: string): string {
  const [, head = '', rest = ''] = /^([^-+]*)(.*)$/.exec(text.replace(/^v/, '')) ?? []
  const parts = head.split('.').map((part) => part.replace(/^0+(?=\d)/, ''))
  while (parts.length < 3 && !rest) parts.push('0')
  return parts.join('.') + rest
}

/** @throws EvaluationError */
function versionOf(text: string, isLoose = false): Version {
  const match = SEMVER.exec(isLoose ? normalized(text) : text)
  if (!match) throw new EvaluationError(text ? 'No Major.Minor.Patch elements found' : 'Version string empty')
  const [, major = '0', minor = '0', patch = '0', pre = ''] = match
  return new Opaque(
    'kubernetes.Semver',
    { numbers: [BigInt(major), BigInt(minor), BigInt(patch)], pre: pre ? pre.split('.') : [] },
    match[0],
  )
}

function byPrerelease(left: string, right: string): bigint {
  const isNumber = /^\d+$/
  if (isNumber.test(left) && isNumber.test(right)) return order(BigInt(left), BigInt(right))
  if (isNumber.test(left) !== isNumber.test(right)) return isNumber.test(left) ? -1n : 1n
  return left < right ? -1n : left > right ? 1n : 0n
}

function byVersion({ inner: left }: Version, { inner: right }: Version): bigint {
  for (const index of [0, 1, 2] as const) {
    const result = order(left.numbers[index], right.numbers[index])
    if (result) return result
  }
  if (!left.pre.length || !right.pre.length) return order(BigInt(right.pre.length ? 1 : 0), BigInt(left.pre.length ? 1 : 0))
  for (const [index, part] of left.pre.entries()) {
    const other = right.pre[index]
    const result = other === undefined ? 1n : byPrerelease(part, other)
    if (result) return result
  }
  return left.pre.length < right.pre.length ? -1n : 0n
}

function isVersion(text: string, isLoose = false): boolean {
  return SEMVER.test(isLoose ? normalized(text) : text)
}

const S = 'kubernetes.Semver'
const versions: Declaration[] = [
  global('semver', `(string): ${S}`, (text: string) => versionOf(text), traversal()),
  global('semver', `(string, bool): ${S}`, versionOf, traversal()),
  global('isSemver', '(string): bool', (text: string) => isVersion(text), traversal()),
  global('isSemver', '(string, bool): bool', isVersion, traversal()),
  member(S, `isGreaterThan(${S}): bool`, (left: Version, right: Version) => byVersion(left, right) > 0n),
  member(S, `isLessThan(${S}): bool`, (left: Version, right: Version) => byVersion(left, right) < 0n),
  member(S, `compareTo(${S}): int`, byVersion),
  member(S, 'major(): int', ({ inner }: Version) => inner.numbers[0]),
  member(S, 'minor(): int', ({ inner }: Version) => inner.numbers[1]),
  member(S, 'patch(): int', ({ inner }: Version) => inner.numbers[2]),
]

const jsonPatches: Declaration[] = [
  global(
    'jsonpatch.escapeKey',
    '(string): string',
    (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1'),
    traversal(undefined, true),
  ),
]

export const kubernetesFunctions: Declaration[] = [...quantities, ...urls, ...named, ...versions, ...jsonPatches]
