/** How kubectl shows what it got. */
import { stringify } from 'yaml'
import { parseJsonPath, readPath } from '../../custom/json-path.js'
import { isObject, type Json, type JsonObject } from '../../objects/object.js'
import { KubectlError } from './api.js'

export interface Table {
  metadata: { resourceVersion: string }
  columnDefinitions: { name: string; priority: number }[] | null
  rows: { cells: unknown[]; object: { metadata: { name: string; namespace?: string } } }[]
}

export interface TableOptions {
  wide: boolean
  withHead: boolean
  withNamespace: boolean
  /** Stands before each name, such as `pod/`. */
  prefix: string
}

/** Columns as wide as their widest cell, three spaces apart. @param columns those of rows that went before */
export function tableText(
  { columnDefinitions, rows }: Table,
  { wide, withHead, withNamespace, prefix }: TableOptions,
  columns = new Columns(),
): string {
  const known = (columnDefinitions ?? []).map(({ name, priority }, index) => ({ name, priority, index }))
  const shown = known.filter(({ priority }) => wide || priority === 0)
  const head = [...(withNamespace ? ['NAMESPACE'] : []), ...shown.map(({ name }) => name.toUpperCase())]
  const body = rows.map(({ cells, object }) => [
    ...(withNamespace ? [object.metadata.namespace ?? ''] : []),
    ...shown.map(({ index }) => `${index === 0 ? prefix : ''}${cells[index] ?? ''}`),
  ])
  return columns.text(withHead ? [head, ...body] : body)
}

/** Rows of cells, each column as wide as its widest cell so far. @see liggitt/tabwriter: RememberWidths */
export class Columns {
  #widths: number[] = []
  text(lines: string[][]): string {
    this.#widths = (lines[0] ?? []).map((_, index) =>
      Math.max(...lines.map((line) => (line[index] ?? '').length), this.#widths[index] ?? 0),
    )
    const lineOf = (line: string[]) =>
      line.map((cell, index) => (index === line.length - 1 ? cell : cell.padEnd((this.#widths[index] ?? 0) + 3))).join('')
    return lines.map((line) => `${lineOf(line)}\n`).join('')
  }
}
export const columnsText = (lines: string[][]): string => new Columns().text(lines)

/** `NAME:.metadata.name,IMAGE:.spec.containers[*].image` */
function customColumns(spec: string, object: JsonObject): string {
  const columns = spec.split(/,(?=[^,:]+:)/).map((each) => {
    const [name = '', ...path] = each.split(':')
    const steps = parseJsonPath(
      path
        .join(':')
        .replace(/^\{?\.?/, '.')
        .replace(/\}$/, ''),
    )
    if (!steps)
      throw new KubectlError(
        `error: unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
      )
    return { name, steps }
  })
  const items = Array.isArray(object.items) && object.kind === 'List' ? (object.items as JsonObject[]) : [object]
  const cell = (value: Json) =>
    typeof value === 'string' ? value : isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)
  const rows = items.map((item) => columns.map(({ steps }) => readPath(steps, item).map(cell).join(',') || '<none>'))
  return columnsText([columns.map(({ name }) => name), ...rows])
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each as Json)]),
  )
}

/** `{.status.phase}` and text between such paths; ranges are not known. */
function jsonPath(template: string, value: Json): string {
  return template.replace(/\{([^{}]*)\}/g, (_, inner: string) => {
    const literal = /^"(.*)"$/.exec(inner)?.[1]
    if (literal !== undefined) return literal.replaceAll('\\n', '\n').replaceAll('\\t', '\t')
    const steps = parseJsonPath(inner)
    if (!steps) throw new KubectlError(`error: the kubectl of the simulated image cannot read the template {${inner}}`)
    return readPath(steps, value)
      .map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
      .join(' ')
  })
}

/** @param output of `-o` @returns undefined where it asks for a table. @throws KubectlError */
export function objectText(output: string | undefined, object: JsonObject): string | undefined {
  if (output === undefined || output === '' || output === 'wide') return undefined
  if (output === 'json') return `${JSON.stringify(sorted(object), null, 4)}\n`
  if (output === 'yaml') return stringify(sorted(object), { lineWidth: 0 })
  if (output === 'name') return undefined
  if (output.startsWith('custom-columns=')) return customColumns(output.slice('custom-columns='.length), object)
  if (output.startsWith('jsonpath=')) return jsonPath(output.slice('jsonpath='.length).replace(/^'(.*)'$/, '$1'), object)
  throw new KubectlError(
    `error: the kubectl of the simulated image knows -o wide, name, json, yaml, jsonpath and custom-columns, not ${output}`,
  )
}
