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

/** How often a part that is not empty occurs, none within another. */
export function occurrences(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++
  return count
}
