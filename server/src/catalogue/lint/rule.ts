import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Content, LabSource, TaskSource } from '../content.js'
import type { Problem } from '../problem.js'
import type { Pointer } from '../yaml-file.js'

/** One concern of lint. It sees all of the content and reports all that it finds. */
export type Rule = (content: Content, report: Report) => void | Promise<void>

export class Report {
  readonly problems: Problem[] = []
  constructor(readonly root: string) {}

  /** @param path absolute */
  at(path: string, line: number, { rule, message }: { rule: string; message: string }): void {
    this.problems.push({ file: relative(this.root, path), line, column: 1, rule, message })
  }

  /** A value of a manifest. */
  in(source: { yaml: LabSource['yaml'] }, pointer: Pointer, { rule, message }: { rule: string; message: string }): void {
    this.problems.push({ file: source.yaml.file, ...source.yaml.place(pointer), rule, message })
  }
}

export const labsOf = (content: Content): LabSource[] => content.chapters.flatMap((chapter) => chapter.labs)
export const tasksOf = (content: Content): TaskSource[] => labsOf(content).flatMap((lab) => lab.tasks)

export const readIfThere = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

/** The machines of a lab, by the names that its cluster's shape gives them. */
export function machinesOf({ manifest }: LabSource): string[] {
  const { controlPlanes = 1, workers = 0, bareNodes = 0 } = manifest?.cluster ?? {}
  const numbered = (name: string, count: number, from = 1) =>
    Array.from({ length: count }, (_, index) => `${name}${String(index + from).padStart(2, '0')}`)
  return ['base', 'controlplane', ...numbered('controlplane', controlPlanes - 1, 2), ...numbered('node', workers + bareNodes)]
}

/** What a manifest says at a key, also where something else in it is wrong, so that one mistake hides no other. */
function written(source: { yaml: { value: unknown } }, key: string): unknown {
  const { value } = source.yaml
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined
}

export function textAt(source: { yaml: { value: unknown } }, key: string): string | undefined {
  const value = written(source, key)
  return typeof value === 'string' ? value : undefined
}

/** Empty where it is no list; what is no text in it is left out. */
export function textsAt(source: { yaml: { value: unknown } }, key: string): { text: string; index: number }[] {
  const value = written(source, key)
  if (!Array.isArray(value)) return []
  return value.flatMap((text: unknown, index) => (typeof text === 'string' ? [{ text, index }] : []))
}
