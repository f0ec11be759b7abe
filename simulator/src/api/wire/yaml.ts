/** YAML as Go's reader takes it: the words of YAML 1.1 for yes and no, octal numbers, merge keys; no dates. Models go.yaml.in/yaml/v2. */
import { CORE_SCHEMA, type LoadOptions, load, Type, YAMLException } from 'js-yaml'
import { isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { refuseOddKeys, withFloatKeys } from './yaml-keys.js'
import { misplacedTab } from './yaml-tabs.js'

const YES = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'])
const NO = new Set(['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'])
const WORDS = new Type('tag:yaml.org,2002:bool', {
  kind: 'scalar',
  resolve: (text: unknown) =>
    typeof text === 'string' && (YES.has(text) || NO.has(text) || /^(true|True|TRUE|false|False|FALSE)$/.test(text)),
  construct: (text: string) => YES.has(text) || /^t/i.test(text),
})
const MERGE = new Type('tag:yaml.org,2002:merge', { kind: 'scalar', resolve: (key) => key === '<<' })
/** Go reads a number as its own source does: octal after a zero, underscores between digits. */
const INTEGER = new Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string' && /^[-+]?(0b[01_]+|0x[\da-f_]+|0o?[0-7_]*|[1-9][\d_]*)$/i.test(text),
  construct(text: string) {
    const digits = text.replace(/[-+_]/g, '')
    const value = Number(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits)
    return text.startsWith('-') ? -value : value
  },
})
const BINARY = new Type('tag:yaml.org,2002:binary', {
  kind: 'scalar',
  resolve: (text: unknown) => typeof text === 'string',
  construct: (text: string) => Buffer.from(text, 'base64').toString('utf8'),
})
/** A tag that nobody knows says nothing. */
const ANY_TAG = (['scalar', 'sequence', 'mapping'] as const).map(
  (kind) => new Type('!', { kind, multi: true, resolve: () => true, construct: (value) => value }),
)
const SCHEMA = CORE_SCHEMA.extend({ implicit: [WORDS, INTEGER, MERGE], explicit: [BINARY, ...ANY_TAG] })

const MARK_OR_CONTENT = /^(?:(---|\.\.\.)(?=\s|$)|[^#\s%-]|-(?!--))/gm

/** The first document: Go's reader looks at no other. */
function firstDocument(text: string): string {
  let hasBegun = false
  for (const { 1: mark, index } of text.matchAll(MARK_OR_CONTENT)) {
    if (mark !== undefined && hasBegun) return text.slice(0, index)
    hasBegun ||= mark !== '...'
  }
  return text
}

/** Where a mapping or list in brackets is the whole document, nothing after it is looked at. */
function bracketed(text: string, { reason, mark }: YAMLException): string | undefined {
  if (!mark || !reason.startsWith('end of the stream') || !/^(?:#.*\n|---|\s)*[[{]/.test(text)) return undefined
  // As a key it would be one of a mapping.
  return /^[^\n#]*:(?=\s|$)/.test(text.slice(mark.position)) && mark.column > 0 ? undefined : text.slice(0, mark.position)
}

function loadFirst(text: string, options: LoadOptions): unknown {
  try {
    return load(text, options)
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const whole = bracketed(text, error) ?? (error.reason.includes('single document') ? firstDocument(text) : text)
    if (whole === text) throw error
    return load(whole, options)
  }
}

/** @throws YAMLException, GoYamlProblem and Error, as `yamlProblem` takes them @returns what Go's strict reader says of keys that come twice beside the value, of which the last one holds */
export function loadYaml(text: string): { value: unknown; problem?: string } {
  const tab = misplacedTab(text)
  try {
    const isShort = text.length <= LONGEST_LOOKED_THROUGH
    const read = loadRepeated(isShort ? withFloatKeys(text) : text)
    if (tab) throw tab
    if (isShort) refuseOddKeys(firstDocument(text))
    return read
  } catch (error) {
    throw tab && error instanceof YAMLException && (error.mark?.line ?? 0) >= tab.line ? tab : error
  }
}

function loadRepeated(text: string): { value: unknown; problem?: string } {
  try {
    return { value: loadFirst(text, { schema: SCHEMA }) }
  } catch (error) {
    if (!(error instanceof YAMLException) || !error.reason.includes('duplicated mapping key')) throw error
    const value = loadFirst(text, { schema: SCHEMA, json: true })
    const lines = text.length > LONGEST_LOOKED_THROUGH ? [firstRepeated(text, error.mark?.line ?? 0)] : repeatedKeys(text)
    return { value, problem: `yaml: unmarshal errors:\n${lines.join('\n')}` }
  }
}

/** Letters. The reader that knows every place is slow: of a longer text the first key alone is told. */
const LONGEST_LOOKED_THROUGH = 32 * 1024

function firstRepeated(text: string, line: number): string {
  const key = /^[\s-]*([^:]+):/.exec(text.split('\n')[line] ?? '')?.[1] ?? ''
  return `  line ${line + 1}: key ${JSON.stringify(key)} already set in map`
}

function repeatedKeys(text: string): string[] {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, uniqueKeys: false })
  const lines: string[] = []
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>()
      for (const { key } of isMap(map) ? map.items : []) {
        if (!isScalar(key)) continue
        const line = lineCounter.linePos(key.range?.[0] ?? 0).line
        if (seen.has(key.value)) lines.push(`  line ${line}: key ${JSON.stringify(key.value)} already set in map`)
        seen.add(key.value)
      }
    },
  })
  return lines
}
