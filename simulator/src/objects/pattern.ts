/** Regular expressions that a client sends: RE2's language, in time that grows with the text alone. */
import { RE2JS } from 're2js'
import { patternSize } from './pattern-size.js'

const compiled = new Map<string, RE2JS>()
const MOST_KEPT = 500
/** Instructions of one program, about: they are made in some milliseconds. Go has a limit too, of some millions. */
const MOST_INSTRUCTIONS = 10_000

/** @throws Error where the pattern cannot be read, with the text of Go's regexp */
export function compilePattern(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known) return known
  if (patternSize(pattern, MOST_INSTRUCTIONS) > MOST_INSTRUCTIONS) throw new Error('error parsing regexp: expression too large')
  const expression = RE2JS.compile(pattern)
  if (compiled.size >= MOST_KEPT) compiled.clear()
  compiled.set(pattern, expression)
  return expression
}

/** Whether a text holds a match. @throws Error where the pattern cannot be read */
export function safePattern(pattern: string): (text: string) => boolean {
  const expression = compilePattern(pattern)
  return (text) => expression.matcher(text).find()
}

/** What is wrong with a pattern; undefined where it can be used. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
