/** From text to tokens. @see https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax */
import { CompileError, type Issue, type Literal } from './syntax.js'

export interface Token {
  /** A sign or keyword itself; `ident`, `quoted` (an identifier in backticks), `literal` or `end`. */
  type: string
  /** As written. */
  text: string
  at: number
  value?: Literal
}

const SIGNS = [
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '?',
  ':',
  '.',
  ',',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
]
const KEYWORDS = new Set(['in', 'true', 'false', 'null'])
const IDENTIFIER = /[_a-zA-Z][_a-zA-Z0-9]*/y
const NUMBER = /0x[0-9a-fA-F]+u?|(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+u?/iy
const STRING = /([rRbB]{0,2})("""|'''|"|')/y
const ESCAPED_IDENTIFIER = /`[a-zA-Z0-9_.\-/ ]+`/y
const SPACE = /(?:[ \t\r\n\f]|\/\/[^\n]*)+/y

const ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
}
const CODE = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** What no token begins with is told and passed over, as ANTLR does. @throws CompileError for a literal that is none */
export function tokenize(source: string, issues: Issue[]): Token[] {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    at += match(SPACE, source, at)?.[0].length ?? 0
    if (at >= source.length) break
    const token = read(source, at)
    if (token.type === 'unknown')
      issues.push({ at, text: `Syntax error: token recognition error at: '${unknownText(source, token)}'` })
    else tokens.push(token)
    at += token.text.length
  }
  return [...tokens, { type: 'end', text: '<EOF>', at: source.length }]
}

function read(source: string, at: number): Token {
  const string = match(STRING, source, at)
  if (string) return readString(source, at, string)
  const quoted = match(ESCAPED_IDENTIFIER, source, at)?.[0]
  if (quoted) return { type: 'quoted', text: quoted, at }
  const word = match(IDENTIFIER, source, at)?.[0]
  if (word) return { type: KEYWORDS.has(word) ? word : 'ident', text: word, at }
  const number = match(NUMBER, source, at)?.[0]
  // A dot before digits is a number only where no operand stands before it; `a.0` is no CEL at all.
  if (number) return { type: 'literal', text: number, at, value: numberOf(source, number, at) }
  const sign = SIGNS.find((each) => source.startsWith(each, at))
  if (sign) return { type: sign, text: sign, at }
  return { type: 'unknown', text: String.fromCodePoint(source.codePointAt(at) ?? 0), at }
}

/** Half of a sign is shown with the letter that makes it none. */
const unknownText = (source: string, { text, at }: Token): string =>
  ['&', '|', '='].includes(text) ? source.slice(at, at + 2) : text

const MOST_INT = 9223372036854775807n
const MOST_UINT = 18446744073709551615n

/** A whole number may be one too large: a minus before it can bring it back. */
function numberOf(source: string, text: string, at: number): Literal {
  const isUint = /u$/i.test(text)
  const digits = isUint ? text.slice(0, -1) : text
  const isHex = /^0x/i.test(digits)
  if (!isHex && /[.eE]/.test(digits)) return Number(digits)
  const value = BigInt(digits)
  if (isUint) {
    if (value > MOST_UINT) throw new CompileError(source, [{ at, text: 'invalid uint literal' }])
    return { uint: value }
  }
  if (value > MOST_INT + 1n) throw new CompileError(source, [{ at, text: 'invalid int literal' }])
  return value
}

function readString(source: string, at: number, [head, prefix = '', quote = '']: RegExpExecArray): Token {
  const isRaw = /r/i.test(prefix)
  const isBytes = /b/i.test(prefix)
  let index = at + head.length
  let content = ''
  const bytes: number[] = []
  const add = (letters: string) => {
    content += letters
    if (isBytes) bytes.push(...Buffer.from(letters))
  }
  while (!source.startsWith(quote, index)) {
    const letter = source[index]
    if (letter === undefined || (quote.length === 1 && (letter === '\n' || letter === '\r')))
      return { type: 'unknown', text: source.slice(at, index), at }
    if (letter !== '\\' || isRaw) {
      const whole = String.fromCodePoint(source.codePointAt(index) ?? 0)
      add(whole)
      index += whole.length
      continue
    }
    const rest = source.slice(index + 1, index + 10)
    const code = CODE.exec(rest)
    const plain = ESCAPES[rest[0] ?? '']
    if (code) {
      const number = code[4] ? Number.parseInt(code[4], 8) : Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16)
      if (number > 0x10ffff) return { type: 'unknown', text: source.slice(at, index + 2), at }
      if (isBytes && (code[1] || code[4])) bytes.push(number)
      else add(String.fromCodePoint(number))
      index += 1 + code[0].length
    } else if (plain !== undefined) {
      add(plain)
      index += 2
    } else return { type: 'unknown', text: source.slice(at, index + 2), at }
  }
  const text = source.slice(at, index + quote.length)
  return { type: 'literal', text, at, value: isBytes ? Uint8Array.from(bytes) : content }
}
