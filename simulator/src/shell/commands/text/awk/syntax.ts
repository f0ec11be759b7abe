/** The words and the tree of an awk program. @see POSIX, awk */

export type Expression =
  | { type: 'number'; value: number }
  | { type: 'string'; value: string }
  | { type: 'regexp'; source: string }
  | { type: 'variable'; name: string }
  | { type: 'field'; of: Expression }
  | { type: 'element'; name: string; keys: Expression[] }
  | { type: 'assign'; operator: string; to: Place; value: Expression }
  | { type: 'step'; to: Place; by: 1 | -1; before: boolean }
  | { type: 'unary'; operator: string; of: Expression }
  | { type: 'binary'; operator: string; left: Expression; right: Expression }
  | { type: 'choice'; test: Expression; yes: Expression; no: Expression }
  | { type: 'in'; keys: Expression[]; name: string }
  | { type: 'call'; name: string; args: Expression[] }
export type Place = Extract<Expression, { type: 'variable' | 'field' | 'element' }>

export type Statement =
  | { type: 'expression'; of: Expression }
  | { type: 'print'; args: Expression[]; formatted: boolean; file?: { append: boolean; path: Expression } }
  | { type: 'block'; body: Statement[] }
  | { type: 'if'; test: Expression; yes: Statement; no?: Statement }
  | { type: 'while'; test: Expression; body: Statement; first: boolean }
  | { type: 'for'; start?: Statement; test?: Expression; next?: Statement; body: Statement }
  | { type: 'each'; variable: string; of: string; body: Statement }
  | { type: 'delete'; name: string; keys: Expression[] }
  | { type: 'exit'; code?: Expression }
  | { type: 'next' | 'break' | 'continue' }

export interface Rule {
  pattern: 'BEGIN' | 'END' | Expression | undefined
  /** The end of a range. */
  until?: Expression
  /** Prints the line where there is none. */
  action: Statement | undefined
}

export interface Token {
  type: 'number' | 'string' | 'regexp' | 'name' | 'word' | 'symbol' | 'newline' | 'end'
  text: string
  /** A blank stands before it: `f (x)` is no call. */
  spaced: boolean
}

export class AwkError extends Error {}

const WORDS = [
  'BEGIN',
  'END',
  'if',
  'else',
  'while',
  'for',
  'do',
  'in',
  'print',
  'printf',
  'next',
  'exit',
  'break',
  'continue',
  'delete',
]
const SYMBOLS = /^(?:\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|!~|&&|\|\||>>|[-+*/%^=<>!~?:,;(){}[\]$|])/
/** After these a slash divides; elsewhere it begins an expression. */
const dividesAfter = (last: Token | undefined): boolean =>
  last !== undefined && (['number', 'string', 'name'].includes(last.type) || [')', ']', '$', '++', '--'].includes(last.text))

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', '/': '/', '\\': '\\', a: '\x07' }
export const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{1,3}|.)/gs, (all, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? all),
  )

/** @throws AwkError */
export function tokenize(program: string): Token[] {
  const tokens: Token[] = []
  let rest = program
  while (rest !== '') {
    const blank = /^(?:[ \t]|\\\r?\n|#[^\n]*)+/.exec(rest)?.[0] ?? ''
    rest = rest.slice(blank.length)
    if (rest === '') break
    const [type, text, length] = nextToken(rest, tokens.at(-1))
    tokens.push({ type, text, spaced: blank !== '' })
    rest = rest.slice(length)
  }
  return [...tokens, { type: 'end', text: '', spaced: false }]
}

function nextToken(rest: string, last: Token | undefined): [Token['type'], string, number] {
  if (rest[0] === '\n') return ['newline', '\n', 1]
  const string = /^"((?:[^"\\]|\\.)*)"/s.exec(rest)
  if (string) return ['string', unescaped(string[1] ?? ''), string[0].length]
  const regexp = dividesAfter(last) ? null : /^\/((?:[^/\\\n]|\\.)*)\//.exec(rest)
  if (regexp) return ['regexp', (regexp[1] ?? '').replaceAll('\\/', '/'), regexp[0].length]
  const number = /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest)
  if (number) return ['number', number[0], number[0].length]
  const name = /^[A-Za-z_]\w*/.exec(rest)
  if (name) return [WORDS.includes(name[0]) ? 'word' : 'name', name[0], name[0].length]
  const symbol = SYMBOLS.exec(rest)
  if (symbol) return ['symbol', symbol[0], symbol[0].length]
  throw new AwkError(`unexpected character '${rest[0]}'`)
}
