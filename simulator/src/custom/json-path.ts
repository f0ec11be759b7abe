/** The JSONPath of printer columns, `scale` and selectable fields: names, indexes, `[*]` and filters of equality. */
import { isObject, type Json, type JsonObject } from '../objects/object.js'

type Step =
  | { type: 'name'; name: string }
  | { type: 'index'; index: number }
  | { type: 'all' }
  | { type: 'filter'; name: string; value: string }

const STEP = /^(?:\.((?:\\.|[^.[\]])+)|\[(-?\d+)\]|\[(\*)\]|\[['"]([^'"]+)['"]\]|\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\])/

/** @returns undefined where it cannot be read */
export function parseJsonPath(text: string): Step[] | undefined {
  const steps: Step[] = []
  let rest = text.startsWith('.') || text.startsWith('[') ? text : `.${text}`
  while (rest) {
    const match = STEP.exec(rest)
    if (!match) return undefined
    const [whole, name, index, all, quoted, filterName, filterValue] = match
    if (name !== undefined) steps.push(name === '*' ? { type: 'all' } : { type: 'name', name: name.replaceAll('\\.', '.') })
    else if (index !== undefined) steps.push({ type: 'index', index: Number(index) })
    else if (all !== undefined) steps.push({ type: 'all' })
    else if (quoted !== undefined) steps.push({ type: 'name', name: quoted.replaceAll('\\.', '.') })
    else steps.push({ type: 'filter', name: filterName ?? '', value: filterValue ?? '' })
    rest = rest.slice(whole.length)
  }
  return steps
}

function take(step: Step, value: Json): Json[] {
  if (step.type === 'name') {
    const found = isObject(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined
    return found === undefined ? [] : [found]
  }
  if (step.type === 'all') return Array.isArray(value) ? value : isObject(value) ? (Object.values(value) as Json[]) : []
  if (!Array.isArray(value)) return []
  if (step.type === 'index') return value.slice(step.index).slice(0, 1)
  return value.filter((item) => isObject(item) && String(item[step.name]) === step.value)
}

/** Everything that the path leads to. */
export function readPath(steps: Step[], value: Json): Json[] {
  let found: Json[] = [value]
  for (const step of steps) found = found.flatMap((each) => take(step, each))
  return found
}

/** Sets the field at a path of names. Makes the objects on the way. */
export function writePath(steps: Step[], target: JsonObject, value: Json): void {
  let at = target
  for (const [index, step] of steps.entries()) {
    if (step.type !== 'name') return
    if (index === steps.length - 1) at[step.name] = value
    else {
      const next = isObject(at[step.name]) ? (at[step.name] as JsonObject) : {}
      at[step.name] = next
      at = next
    }
  }
}
