/** Regular expressions that a client sends: RE2's language, in time that grows with the text alone. */
import { RE2JS } from 're2js'

const compiled = new Map<string, (text: string) => boolean>()
const MOST_KEPT = 500

/** Whether a text holds a match. @throws Error where the pattern cannot be read */
export function safePattern(pattern: string): (text: string) => boolean {
  const known = compiled.get(pattern)
  if (known) return known
  const expression = RE2JS.compile(pattern)
  const test = (text: string): boolean => expression.matcher(text).find()
  if (compiled.size >= MOST_KEPT) compiled.clear()
  compiled.set(pattern, test)
  return test
}

/** What is wrong with a pattern; undefined where it can be used. */
export function patternProblem(pattern: string): string | undefined {
  try {
    safePattern(pattern)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
