/** Shell patterns (`*`, `?`, `[a-z]`) as regular expressions without back-tracking traps: each part matches one letter or any. */

const literal = (letter: string): string => letter.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

function source(pattern: string): string {
  let text = ''
  for (let index = 0; index < pattern.length; index++) {
    const letter = pattern[index] ?? ''
    if (letter === '*') {
      while (pattern[index + 1] === '*') index++
      text += '[^]*'
    } else if (letter === '?') text += '[^]'
    else if (letter === '\\') text += literal(pattern[++index] ?? '')
    else if (letter === '[') {
      const end = pattern.indexOf(']', index + 2)
      if (end < 0) text += '\\['
      else {
        const inner = pattern
          .slice(index + 1, end)
          .replace(/^!/, '^')
          .replace(/\\/g, '\\\\')
          .replace(/\[:(\w+):\]?/g, (_all, name: string) => CLASSES[name] ?? '')
        text += `[${inner}]`
        index = end
      }
    } else text += literal(letter)
  }
  return text
}

const CLASSES: Record<string, string> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
}

export const matchesPattern = (pattern: string, text: string): boolean => new RegExp(`^${source(pattern)}$`).test(text)
export const isPattern = (text: string): boolean => /[*?[]/.test(text)

/** `${name#pattern}` and its kin. */
export function strip(text: string, pattern: string, operator: string): string {
  const candidates = Array.from({ length: text.length + 1 }, (_, index) => index)
  const isPrefix = operator.startsWith('#')
  const isLongest = operator.length === 2
  const lengths = isLongest ? candidates.reverse() : candidates
  for (const length of lengths) {
    const part = isPrefix ? text.slice(0, length) : text.slice(text.length - length)
    if (matchesPattern(pattern, part)) return isPrefix ? text.slice(length) : text.slice(0, text.length - length)
  }
  return text
}

/** `${name/pattern/with}` */
export const replacePattern = (text: string, pattern: string, replacement: string, all: boolean): string =>
  text.replace(new RegExp(source(pattern), all ? 'g' : ''), () => replacement)
