/** hexdump and od: files by their bytes. */
import { applet, eachInput, type Options, WordError, wholeNumber } from '../command.js'
import { sizeIn } from '../disk.js'

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')
const codes = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0))
const chunksOf = (data: string): string[] => data.match(/[\s\S]{1,16}/g) ?? []
const wordsOf = (chunk: string): number[] =>
  (chunk.match(/[\s\S]{1,2}/g) ?? []).map((pair) => (pair.charCodeAt(1) || 0) * 256 + pair.charCodeAt(0))

/** @throws WordError */
function numberIn(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const number = sizeIn(text)
  if (Number.isNaN(number)) throw new WordError(`invalid number '${text}'`)
  return number
}

/** What was shown is not shown again: `*` stands for lines like the one before. */
function folded(chunks: string[], all: boolean, lineOf: (chunk: string, index: number) => string): string {
  let text = ''
  let isStarred = false
  for (const [index, chunk] of chunks.entries()) {
    const isSame = !all && index > 0 && index < chunks.length - 1 && chunk === chunks[index - 1]
    if (!isSame) text += lineOf(chunk, index)
    else if (!isStarred) text += '*\n'
    isStarred = isSame
  }
  return text
}

function canonical(chunk: string, address: string): string {
  const bytes = codes(chunk).map((code) => hex(code, 2))
  const columns = `${bytes.slice(0, 8).join(' ').padEnd(23)}  ${bytes.slice(8).join(' ').padEnd(23)}`
  return `${address}  ${columns}  |${chunk.replace(/[^\x20-\x7e]/g, '.')}|\n`
}

export const hexdump = applet('[-xCv] [-n LEN] [-s OFS] [FILE]...', (process, { flags, values, operands }) => {
  const start = numberIn(values.get('s'), 0)
  const length = numberIn(values.get('n'), Number.POSITIVE_INFINITY)
  const digits = flags.has('C') ? 8 : 7
  return eachInput(process, operands, (data) => {
    const wanted = data.slice(start, start + length)
    const text = folded(chunksOf(wanted), flags.has('v'), (chunk, index) => {
      const address = hex(start + index * 16, digits)
      if (flags.has('C')) return canonical(chunk, address)
      return `${address} ${wordsOf(chunk)
        .map((word) => hex(word, 4))
        .join(' ')
        .padEnd(39)}\n`
    })
    return process.stdout.write(`${text}${wanted ? `${hex(start + wanted.length, digits)}\n` : ''}`)
  })
})

const NAMES: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\0': '\\0', '\b': '\\b', '\f': '\\f' }

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
function lettersOf(chunk: string): string {
  const shown = (letter: string) => {
    const code = letter.charCodeAt(0)
    return (NAMES[letter] ?? (code >= 32 && code < 127 ? letter : octal(code, 3))).padStart(4)
  }
  return [...chunk].map(shown).join('')
}

/** How a line of bytes is shown, by the type of `-t` or the letter of old. */
const FORMATS: Record<string, (chunk: string) => string> = {
  c: lettersOf,
  o1: (chunk) =>
    codes(chunk)
      .map((code) => ` ${octal(code, 3)}`)
      .join(''),
  x1: (chunk) =>
    codes(chunk)
      .map((code) => ` ${hex(code, 2)}`)
      .join(''),
  u1: (chunk) =>
    codes(chunk)
      .map((code) => ` ${String(code).padStart(3)}`)
      .join(''),
  o2: (chunk) =>
    wordsOf(chunk)
      .map((word) => ` ${octal(word, 6)}`)
      .join(''),
  x2: (chunk) =>
    wordsOf(chunk)
      .map((word) => ` ${hex(word, 4)}`)
      .join(''),
}
const OLD: Record<string, string> = { b: 'o1', c: 'c', o: 'o2', x: 'x2' }

/** @throws WordError */
function formatOf({ flags, values }: Options): (chunk: string) => string {
  const letter = [...'bcox'].find((each) => flags.has(each))
  const name = values.get('t') ?? (letter ? (OLD[letter] ?? 'o2') : 'o2')
  const format = FORMATS[name]
  if (!format) throw new WordError(`invalid type string '${name}'`)
  return format
}

const ADDRESSES: Record<string, (offset: number) => string> = {
  o: (offset) => octal(offset, 7),
  d: (offset) => String(offset).padStart(7, '0'),
  x: (offset) => hex(offset, 6),
  n: () => '',
}

export const od = applet('[-bcoxv] [-t TYPE] [-A RADIX] [-N SIZE] [-j SKIP] [FILE]...', (process, options) => {
  const { flags, values, operands } = options
  const format = formatOf(options)
  const address = ADDRESSES[values.get('A') ?? 'o']
  if (!address) throw new WordError(`bad output address radix '${values.get('A')}' (must be [doxn])`)
  const start = wholeNumber(values.get('j') ?? '0')
  const length = numberIn(values.get('N'), Number.POSITIVE_INFINITY)
  return eachInput(process, operands, (data) => {
    const wanted = data.slice(start, start + length)
    const text = folded(chunksOf(wanted), flags.has('v'), (chunk, index) => `${address(start + index * 16)}${format(chunk)}\n`)
    const end = address(start + wanted.length)
    return process.stdout.write(`${text}${end ? `${end}\n` : ''}`)
  })
})
