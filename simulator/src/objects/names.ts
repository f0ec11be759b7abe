/** The forms of names and labels, with upstream's texts. @see apimachinery/pkg/util/validation */

interface Form {
  test(text: string): boolean
}
/** What a text must not hold, found without going back and forth: it may have a million letters. */
const without = (...wrong: RegExp[]): Form => ({ test: (text) => text !== '' && !wrong.some((each) => each.test(text)) })
const LABEL = without(/[^-a-z0-9]/, /^-/, /-$/)
const SUBDOMAIN = without(/[^-a-z0-9.]/, /^[-.]/, /[-.]$/, /\.[-.]/, /-\./)
const LABEL_1035 = without(/[^-a-z0-9]/, /^[^a-z]/, /-$/)
const QUALIFIED = without(/[^-A-Za-z0-9_.]/, /^[-_.]/, /[-_.]$/)
const LABEL_VALUE: Form = { test: (text) => text === '' || QUALIFIED.test(text) }
const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/
const PORT_NAME = /^[-a-z0-9]+$/
const C_IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

const usedForValidation = (pattern: string) => `regex used for validation is '${pattern}'`
const example = (pattern: string, ...examples: string[]) =>
  `(e.g. ${examples.map((text) => `'${text}'`).join(',  or ')}, ${usedForValidation(pattern)})`

const SUBDOMAIN_TEXT = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${example('[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*', 'example.com')}`
const LABEL_TEXT = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${example('[a-z0-9]([-a-z0-9]*[a-z0-9])?', 'my-name', '123-abc')}`
const LABEL_1035_TEXT = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${example('[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123')}`
const QUALIFIED_TEXT = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example('([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]', 'MyName', 'my.name', '123-abc')}`
const LABEL_VALUE_TEXT = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example('(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?', 'MyValue', 'my_value', '12345')}`
const ENV_NAME_TEXT = `a valid environment variable name must consist only of printable ASCII characters other than '='`
const CONFIG_KEY_TEXT = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' ${example('[-._a-zA-Z0-9]+', 'key.name', 'KEY_NAME', 'key-name')}`
const tooLong = (limit: number) => `must be no more than ${limit} bytes`

export type NameRule = (name: string) => string[]

/** Every problem with the name; none where it is right. */
export const dnsSubdomain: NameRule = (name) => [
  ...(name.length > 253 ? [tooLong(253)] : []),
  ...(SUBDOMAIN.test(name) ? [] : [SUBDOMAIN_TEXT]),
]
export const dnsLabel: NameRule = (name) => [
  ...(name.length > 63 ? [tooLong(63)] : []),
  ...(LABEL.test(name) ? [] : [SUBDOMAIN.test(name) ? 'must not contain dots' : LABEL_TEXT]),
]
export const dns1035Label: NameRule = (name) => [
  ...(name.length > 63 ? [tooLong(63)] : []),
  ...(LABEL_1035.test(name) ? [] : [LABEL_1035_TEXT]),
]
/** RBAC: anything that a path segment may hold. */
export const pathSegment: NameRule = (name) => {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((letter) => name.includes(letter)).map((letter) => `may not contain '${letter}'`)
}

/** Label and annotation keys: `prefix/name`. */
export const qualifiedName: NameRule = (key) => {
  if (key.length <= 63 && QUALIFIED.test(key)) return []
  const parts = key.split('/')
  const problems: string[] = []
  if (parts.length > 2) {
    return [
      `a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example('([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]', 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const name = parts.at(-1) ?? ''
  if (parts.length === 2) {
    if (parts[0] === '') problems.push('prefix part must be non-empty')
    else problems.push(...dnsSubdomain(parts[0] ?? '').map((problem) => `prefix part ${problem}`))
  }
  if (name === '') problems.push('name part must be non-empty')
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes')
  if (!QUALIFIED.test(name)) problems.push(QUALIFIED_TEXT)
  return problems
}

export const labelValue: NameRule = (value) => [
  ...(value.length > 63 ? [tooLong(63)] : []),
  ...(LABEL_VALUE.test(value) ? [] : [LABEL_VALUE_TEXT]),
]
export const envVarName: NameRule = (name) => (ENV_NAME.test(name) || /^[\x20-\x3c\x3e-\x7e]+$/.test(name) ? [] : [ENV_NAME_TEXT])
export const configMapKey: NameRule = (key) => {
  const problems = [...(key.length > 253 ? [tooLong(253)] : []), ...(CONFIG_KEY.test(key) ? [] : [CONFIG_KEY_TEXT])]
  if (key === '.') problems.push("must not be '.'")
  if (key === '..') problems.push("must not be '..'")
  else if (key.startsWith('..')) problems.push("must not start with '..'")
  return problems
}
export const isCIdentifier = (name: string): boolean => C_IDENTIFIER.test(name)

export const portName: NameRule = (name) => {
  const problems: string[] = []
  if (name.length > 15) problems.push('must be no more than 15 characters')
  if (!PORT_NAME.test(name)) problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)')
  if (name.includes('--')) problems.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}
export const portNumber = (port: number): string[] =>
  Number.isInteger(port) && port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive']

const IPV4 = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/

const LONGEST_IP = 45

/** Eight groups, of which one run may be left out as `::`; the last two may be written as an IPv4 address. */
function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (!text.includes(':') || halves.length > 2) return false
  const groups = halves.flatMap((half) => (half ? half.split(':') : []))
  const tail = groups.at(-1) ?? ''
  const isMixed = IPV4.test(tail) && text.endsWith(tail)
  const plain = isMixed ? groups.slice(0, -1) : groups
  const count = plain.length + (isMixed ? 2 : 0)
  return plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? count < 8 : count === 8)
}

/** An IPv4 address without leading zeros, or an IPv6 address. */
export const isIp = (text: string): boolean => text.length <= LONGEST_IP && (IPV4.test(text) || isIpv6(text))
