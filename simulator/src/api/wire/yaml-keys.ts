/** Keys that Go has none of: lists, mappings and nothing. Models go.yaml.in/yaml/v2 decode.go and sigs.k8s.io/yaml. */
import { isCollection, isScalar, type Pair, parseDocument, visit } from 'yaml'
import { isObject } from '../../objects/object.js'

/** As `%#v` prints what the reader makes. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isObject(value)) return String(value)
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${goSyntax(value[key])}`)
  return `map[interface {}]interface {}{${entries.join(', ')}}`
}

/** Next to every text has none; what looks as if it had one is read by the reader that keeps keys as they are. */
const SUSPICIOUS = /[\]}]\s*:|^[\s-]*\?\s|(?:^|[\s{,])(?:~|[nN]ull|NULL)?\s*:(?=\s|$)/m

/** @throws Error with the words of Go's reader */
export function refuseOddKeys(text: string): void {
  if (!SUSPICIOUS.test(text)) return
  const document = parseDocument(text, { uniqueKeys: false })
  let odd: Pair | undefined
  visit(document, {
    Pair(_key, pair) {
      if (isCollection(pair.key)) throw new Error(`yaml: invalid map key: ${goSyntax(pair.key.toJS(document))}`)
      if (pair.key === null || (isScalar(pair.key) && pair.key.value === null)) odd ??= pair
    },
  })
  if (!odd) return
  const value = isScalar(odd.value) || isCollection(odd.value) ? odd.value.toJS(document) : null
  const shown = value === null ? '<nil>' : goSyntax(value)
  throw new Error(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${shown}`)
}

/** Go's `strconv.FormatFloat(value, 'g', -1, 32)`, in which sigs.k8s.io/yaml names a key that is a number with a fraction. */
function goFloatKey(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  const short = Math.fround(value)
  if (!Number.isFinite(short)) return short > 0 ? '.inf' : '-.inf'
  let digits = 1
  while (Math.fround(Number(short.toPrecision(digits))) !== short) digits++
  const [mantissa = '', exponent = '0'] = short.toExponential(digits - 1).split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(Number(short.toPrecision(digits)))
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** A key that may be such a number. */
const FLOAT_KEY =
  /(?:^|[\s{,])[-+]?(?:\.(?:inf|Inf|INF|nan|NaN|NAN)|\d[\d_]*\.[\d_]*|\.\d|\d[\d.]*e[-+]?\d)[\d_e+-]*\s*:(?=\s|$)/im
const FLOAT = /^[-+]?(?:\.\d|\d+\.|\d[\d.]*e|\.inf$|\.nan$)/i

/** The text with such keys as the names that Go gives them. */
export function withFloatKeys(text: string): string {
  if (!FLOAT_KEY.test(text)) return text
  const named: { from: number; to: number; name: string }[] = []
  visit(parseDocument(text, { uniqueKeys: false }), {
    Pair(_key, { key }) {
      if (!isScalar(key) || typeof key.value !== 'number' || key.type !== 'PLAIN' || !key.range) return
      const [from, to] = key.range
      if (FLOAT.test(text.slice(from, to))) named.push({ from, to, name: goFloatKey(key.value) })
    },
  })
  return named.reduceRight((all, { from, to, name }) => `${all.slice(0, from)}${JSON.stringify(name)}${all.slice(to)}`, text)
}
