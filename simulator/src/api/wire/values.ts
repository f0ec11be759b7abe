/**
 * How many values a body holds, before it is read. Reading, defaulting and validating one cannot be cut into pieces, and each value costs
 * some microseconds of it: what nobody writes by hand or by machine is refused with a Status instead of making every other learner wait.
 */
import { failure } from '../../objects/status.js'
import { MOST_VALUES, tooManyValues } from '../../objects/value-count.js'

/** Levels of nesting before a body counts as an attack. */
const DEEPEST = 1000

const QUOTE = 34
const COMMA = 44
const OPEN_LIST = 91
const BACKSLASH = 92
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

/** How often a letter occurs, counted up to `most`. */
function occurs(text: string, letter: string, most: number): number {
  let count = 0
  for (let at = text.indexOf(letter); at >= 0 && count <= most; at = text.indexOf(letter, at + 1)) count++
  return count
}

/** Nearly every body is found small by a search that costs next to nothing. */
function isSurelySmall(text: string): boolean {
  const openings = occurs(text, '{', DEEPEST) + occurs(text, '[', DEEPEST)
  return openings <= DEEPEST && openings + occurs(text, ',', MOST_VALUES) <= MOST_VALUES
}

/** @throws ApiError 413 where JSON holds too many values, 400 where they lie too deep. Commas and brackets within texts do not count. */
export function refuseManyValues(text: string): void {
  if (isSurelySmall(text)) return
  let [values, depth, isText] = [0, 0, false]
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index)
    if (isText) {
      if (letter === BACKSLASH) index++
      else if (letter === QUOTE) isText = false
    } else if (letter === QUOTE) isText = true
    else if (letter === OPEN_OBJECT || letter === OPEN_LIST) {
      values++
      if (++depth > DEEPEST) throw failure.badRequest('exceeded max depth')
    } else if (letter === CLOSE_OBJECT || letter === CLOSE_LIST) depth--
    else if (letter === COMMA) values++
    if (values > MOST_VALUES) throw tooManyValues()
  }
}
