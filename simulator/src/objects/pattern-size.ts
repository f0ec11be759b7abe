/** How large the program of a regular expression becomes, told before it is made: repetitions multiply what they repeat. */

const REPEAT = /\{(\d+)(?:,(\d*))?\}/y
const CLASS = /\[\^?\]?(?:\[:\^?\w+:\]|\\[\s\S]|[^\]\\])*\]/y

/** The part that begins at a place, without its repetition, where that is a letter or a class. */
function atomEnd(pattern: string, at: number): number {
  if (pattern[at] === '\\') return at + 2
  CLASS.lastIndex = at
  return pattern[at] === '[' && CLASS.test(pattern) ? CLASS.lastIndex : at + 1
}

/** @param enough where it is more than that, how much more is not told */
export function patternSize(pattern: string, enough: number): number {
  if (pattern.length > 2 * enough) return pattern.length
  const open: number[] = []
  let [size, last] = [0, 0]
  for (let at = 0; at < pattern.length && size <= enough; ) {
    REPEAT.lastIndex = at
    const repeat = REPEAT.exec(pattern)
    if (repeat) {
      size += last * (Math.max(Number(repeat[1]), Number(repeat[2] ?? 0), 1) - 1)
      at += repeat[0].length
    } else if (pattern[at] === '(') {
      open.push(size)
      at++
    } else if (pattern[at] === ')') {
      last = size - (open.pop() ?? 0) + 2
      size += 2
      at++
    } else {
      last = 1
      size++
      at = atomEnd(pattern, at)
    }
  }
  return size
}
