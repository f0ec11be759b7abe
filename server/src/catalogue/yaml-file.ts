/** A YAML file with the places of its values, so that a problem can be pointed at. */
import { readFileSync } from 'node:fs'
import { isNode, isPair, LineCounter, parseAllDocuments, parseDocument, visit } from 'yaml'
import type { Problem } from './problem.js'

export type Pointer = readonly (string | number)[]

export interface YamlFile {
  /** Relative to the folder that was read. */
  file: string
  value: unknown
  /** Syntax errors and repeated keys. */
  problems: Problem[]
  /** Where a value stands: its own place, else that of the nearest one around it. `key` points at the key of a map's entry. */
  place(pointer: Pointer, part?: 'key' | 'value'): { line: number; column: number }
}

export function readYaml(path: string, file: string): YamlFile {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false })
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const offsetOf = (pointer: Pointer, part: 'key' | 'value'): number => {
    if (pointer.length === 0) return 0
    const parent = pointer.length === 1 ? document.contents : document.getIn(pointer.slice(0, -1), true)
    const pair = isCollection(parent)
      ? parent.items.find((item) => isPair(item) && keyText(item.key) === pointer.at(-1))
      : undefined
    const node = part === 'key' && pair ? (pair as { key: unknown }).key : document.getIn(pointer, true)
    if (isNode(node) && node.range) return node.range[0]
    return offsetOf(pointer.slice(0, -1), 'value')
  }
  return {
    file,
    value: document.errors.length === 0 ? document.toJS() : undefined,
    problems: document.errors.map((error) => ({ file, ...placeAt(error.pos[0]), rule: 'yaml', message: error.message })),
    place: (pointer, part = 'value') => placeAt(offsetOf(pointer, part)),
  }
}

const isCollection = (node: unknown): node is { items: unknown[] } => isNode(node) && 'items' in node
const keyText = (key: unknown) => (isNode(key) && 'value' in key ? key.value : key)

export interface ManifestObject {
  value: unknown
  /** Of the document's first line. */
  line: number
  /** Every `image:` in it, with its line. */
  images: { image: string; line: number }[]
}

/** Every document of a manifest file; empty ones are left out. */
export function readManifests(path: string, file: string): { objects: ManifestObject[]; problems: Problem[] } {
  const lines = new LineCounter()
  const documents = parseAllDocuments(readFileSync(path, 'utf8'), { lineCounter: lines, prettyErrors: false })
  const lineOf = (offset: number | undefined) => Math.max(lines.linePos(offset ?? 0).line, 1)
  const objects: ManifestObject[] = []
  const problems: Problem[] = []
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const error of document.errors)
      problems.push({ file, line: lineOf(error.pos[0]), column: 1, rule: 'yaml', message: error.message })
    if (document.errors.length > 0 || document.contents === null) continue
    const images: ManifestObject['images'] = []
    visit(document, {
      Pair(_, { key, value }) {
        if (keyText(key) !== 'image' || !isNode(value) || typeof keyText(value) !== 'string') return
        images.push({ image: String(keyText(value)), line: lineOf(value.range?.[0]) })
      },
    })
    objects.push({ value: document.toJS(), line: lineOf(document.contents.range?.[0]), images })
  }
  return { objects, problems }
}
