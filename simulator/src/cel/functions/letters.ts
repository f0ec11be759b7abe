/** Places in a text, which CEL counts in letters and JavaScript in units of UTF-16. No list of its letters is made: a text may be long. */
import { letterCount } from '../values.js'

const isHigh = (code: number): boolean => code >= 0xd800 && code < 0xdc00

/** The units before the letter of that index; the whole length where there are not so many letters. */
export function unitsBefore(text: string, letters: number): number {
  if (letterCount(text) === text.length) return Math.min(letters, text.length)
  let unit = 0
  for (let count = 0; count < letters && unit < text.length; count++) unit += isHigh(text.charCodeAt(unit)) ? 2 : 1
  return Math.min(unit, text.length)
}

/** The letters before that unit. */
export const lettersBefore = (text: string, unit: number): number =>
  letterCount(text) === text.length ? unit : letterCount(text.slice(0, unit))

/** Letters of a text times those of a part, from which on the engine's own search may take long. */
const LARGE = 1_000_000

/** For each letter of a part, how many before it are its beginning too. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length)
  for (let index = 1, length = 0; index < part.length; ) {
    if (part[index] === part[length]) borders[index++] = ++length
    else if (length > 0) length = borders[length - 1] ?? 0
    else index++
  }
  return borders
}

/** Where a part begins, in a time that grows with both lengths and not with their product; -1 where it does not. */
export function placeOf(text: string, part: string, from = 0): number {
  if ((text.length - from) * part.length < LARGE) return text.indexOf(part, from)
  const borders = bordersOf(part)
  for (let index = from, length = 0; index < text.length; index++) {
    while (length > 0 && text[index] !== part[length]) length = borders[length - 1] ?? 0
    if (text[index] === part[length]) length++
    if (length === part.length) return index - length + 1
  }
  return -1
}

/** How often a part that is not empty occurs, none within another. */
export function occurrences(text: string, part: string): number {
  let count = 0
  for (let at = placeOf(text, part); at >= 0; at = placeOf(text, part, at + part.length)) count++
  return count
}
