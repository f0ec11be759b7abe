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
