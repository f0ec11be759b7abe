/** Which location a request comes to, who may come, and how much it may bring. */
import { inRange } from '../../network/addresses.js'
import type { Level, Location } from './model.js'
import { matchInto, type Visit } from './variables.js'

const UNITS: Record<string, number> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }
const DEFAULT_BODY_BYTES = 1024 ** 2

/** `8m`; 0 is no bound. */
export function sizeIn(text: string | undefined): number {
  const [, number, unit = ''] = /^(\d+)([kmg]?)$/i.exec(text ?? '') ?? []
  const bytes = number === undefined ? DEFAULT_BODY_BYTES : Number(number) * (UNITS[unit.toLowerCase()] ?? 1)
  return bytes || Number.POSITIVE_INFINITY
}

/** The first rule that fits decides. */
export function isAllowed(level: Level, from: string): boolean {
  for (let at: Level | undefined = level; at; at = at.outer) {
    const rules = at.directives.filter(({ name }) => name === 'allow' || name === 'deny')
    if (rules.length === 0) continue
    const rule = rules.find(
      ({ args: [range = ''] }) => range === 'all' || inRange(from, range.includes('/') ? range : `${range}/32`),
    )
    return rule?.name !== 'deny'
  }
  return true
}

/** The longest prefix, unless an expression fits; `=` and `^~` end the search. */
export function locationFor(locations: Location[], visit: Visit): Location | undefined {
  const exact = locations.find(({ kind, name }) => kind === '=' && name === visit.uri)
  if (exact) return exact
  const prefixes = locations.filter(({ kind, name }) => (kind === '' || kind === '^~') && visit.uri.startsWith(name))
  const longest = prefixes.sort((a, b) => b.name.length - a.name.length)[0]
  const inner = longest && locationFor(longest.locations, visit)
  if (inner) return inner
  if (longest?.kind === '^~') return longest
  const matching = locations.find(({ expression }) => expression && matchInto(expression, visit.uri, visit.own))
  if (!matching) return longest
  return locationFor(matching.locations, visit) ?? matching
}
