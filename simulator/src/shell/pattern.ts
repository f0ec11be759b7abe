/** Shell patterns (`*`, `?`, `[a-z]`), as expressions that take time by the length of the text alone. */
import { compilePattern } from '../objects/pattern.js'

const literal = (letter: string): string => letter.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** A set that begins at `start`, and where it ends; undefined where it is an open bracket like any letter. */
function setAt(pattern: string, start: number): { text: string; end: number } | undefined {
  let at = start + 1
  let text = '['
  if (pattern[at] === '!' || pattern[at] === '^') {
    text += '^'
    at++
  }
  for (const first = at; pattern[at] !== ']' || at === first; ) {
    const letter = pattern[at]
    if (letter === undefined) return undefined
    const [named] = /^\[:\w+:\]/.exec(pattern.slice(at, at + 12)) ?? []
    const quoted = letter === '\\' && pattern[at + 1] !== undefined ? pattern[at + 1] : undefined
    text += named ?? (quoted ?? letter).replace(/[\\[\]^]/, '\\$&')
    at += named?.length ?? (quoted === undefined ? 1 : 2)
  }
  return { text: `${text}]`, end: at }
}

/** @param star what any letters are: as many as can be, or as few */
function source(pattern: string, star: '.*' | '.*?'): string {
  let text = ''
  for (let index = 0; index < pattern.length; index++) {
    const letter = pattern[index] ?? ''
    const set = letter === '[' ? setAt(pattern, index) : undefined
    if (set) {
      text += set.text
      index = set.end
    } else if (letter === '*') {
      while (pattern[index + 1] === '*') index++
      text += star
    } else if (letter === '?') text += '.'
    else if (letter === '\\') text += literal(pattern[++index] ?? '')
    else text += literal(letter)
  }
  return text
}

/** undefined for a set that nothing can fit, such as `[z-a]`. */
function compiled(expression: string) {
  try {
    return compilePattern(`(?s)${expression}`)
  } catch {
    return undefined
  }
}

export const matchesPattern = (pattern: string, text: string): boolean =>
  isPattern(pattern)
    ? (compiled(`^(?:${source(pattern, '.*')})$`)
        ?.matcher(text)
        .find() ?? false)
    : unquoted(pattern) === text
const unquoted = (pattern: string): string => pattern.replace(/\\([\s\S])/g, '$1')
export const isPattern = (text: string): boolean => /[*?[]/.test(text)

/** `${name#pattern}` and its kin. */
export function strip(text: string, pattern: string, operator: string): string {
  const star = operator.length === 2 ? '.*' : '.*?'
  const inner = source(pattern, star)
  if (operator.startsWith('#')) {
    const matcher = compiled(`^(?:${inner})`)?.matcher(text)
    return matcher?.find() ? text.slice(matcher.end()) : text
  }
  // Of all that end here the longest begins first; the shortest is what the longest text can stand before.
  const matcher = compiled(operator.length === 2 ? `(${inner})$` : `^.*(${inner})$`)?.matcher(text)
  return matcher?.find() ? text.slice(0, matcher.start(1)) : text
}

/** `${name/pattern/with}`; `#` and `%` before the pattern hold it to the start or the end. */
export function replacePattern(text: string, pattern: string, replacement: string, all: boolean): string {
  const [, edge = '', bare = ''] = /^([#%]?)([\s\S]*)$/.exec(pattern) ?? []
  if (bare === '') return edge === '#' ? replacement + text : edge === '%' ? text + replacement : text
  const inner = `(?:${source(bare, '.*')})`
  const matcher = compiled(`${edge === '#' ? '^' : ''}${inner}${edge === '%' ? '$' : ''}`)?.matcher(text)
  let [result, at] = ['', 0]
  while (matcher?.find(at)) {
    if (matcher.end() === matcher.start()) break
    result += text.slice(at, matcher.start()) + replacement
    at = matcher.end()
    if (!all || edge !== '') break
  }
  return result + text.slice(at)
}
