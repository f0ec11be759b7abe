/** Regular expressions that a client sends: RE2's language, in time that grows with the text alone. */
import { RE2JS } from 're2js'
import { patternSize } from './pattern-size.js'

/** Instructions of one program, about: they are made in some milliseconds. Go has a limit too, of some millions. */
const MOST_INSTRUCTIONS = 10_000
/** Of all programs that are kept: some ten megabytes. */
const MOST_KEPT_INSTRUCTIONS = 500_000

type Compiled = { expression: RE2JS; size: number } | { problem: Error; size: number }

/** Those that were asked for last, the last at the end. */
const kept = new Map<string, Compiled>()
let keptInstructions = 0

/** How large its program is, at least 1. */
export const instructionsOf = (pattern: string): number => Math.max(1, patternSize(pattern, MOST_INSTRUCTIONS))

function make(pattern: string): Compiled {
  const size = instructionsOf(pattern)
  if (size > MOST_INSTRUCTIONS) return { problem: new Error('error parsing regexp: expression too large'), size: 1 }
  try {
    return { expression: RE2JS.compile(pattern), size }
  } catch (error) {
    return { problem: error instanceof Error ? error : new Error(String(error)), size }
  }
}

function keep(pattern: string, compiled: Compiled): void {
  kept.set(pattern, compiled)
  keptInstructions += compiled.size
  for (const [oldest, { size }] of kept) {
    if (keptInstructions <= MOST_KEPT_INSTRUCTIONS) break
    kept.delete(oldest)
    keptInstructions -= size
  }
}

function compiledOf(pattern: string): Compiled {
  const known = kept.get(pattern)
  if (known) {
    kept.delete(pattern)
    kept.set(pattern, known)
    return known
  }
  const compiled = make(pattern)
  keep(pattern, compiled)
  return compiled
}

/** Whether it can be matched without being made first. */
export const isCompiled = (pattern: string): boolean => kept.has(pattern)

/** @throws Error where the pattern cannot be read, with the text of Go's regexp */
export function compilePattern(pattern: string): RE2JS {
  const compiled = compiledOf(pattern)
  if ('problem' in compiled) throw compiled.problem
  return compiled.expression
}

/** Whether a text holds a match. @throws Error where the pattern cannot be read */
export function safePattern(pattern: string): (text: string) => boolean {
  const expression = compilePattern(pattern)
  return (text) => expression.matcher(text).find()
}

/** What is wrong with a pattern; undefined where it can be used. */
export function patternProblem(pattern: string): string | undefined {
  const compiled = compiledOf(pattern)
  return 'problem' in compiled ? compiled.problem.message : undefined
}
