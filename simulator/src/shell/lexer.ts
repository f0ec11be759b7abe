/** Words, operators and newlines of a script, with quotes and expansions taken apart. */
import { unescaped } from './commands/escapes.js'
import { type Piece, type Script, ShellSyntaxError, type Word } from './syntax.js'

/** The parser, for the scripts inside substitutions. */
export interface Parse {
  whole(source: string): Script
  /** The script from `start` on up to the parenthesis that closes it, and where that stands. */
  untilClosed(source: string, start: number): { script: Script; end: number }
}

export type Token =
  | { type: 'word'; word: Word; raw: string }
  | { type: 'operator'; text: string }
  | { type: 'newline' }
  | { type: 'end' }

const OPERATORS = ['&&', '||', ';;', '<<<', '<<-', '<<', '>>', '>&', '<&', '>|', '<>', '&>', ';', '&', '|', '(', ')', '<', '>']
const NAME = /^[A-Za-z_][A-Za-z0-9_]*/
const SPECIAL_NAME = /^[?$#@*!\-0-9]/

interface PendingDocument {
  delimiter: string
  quoted: boolean
  stripTabs: boolean
  piece: Word
}

export class Lexer {
  #at = 0
  #documents: PendingDocument[] = []
  constructor(
    readonly source: string,
    readonly parse: Parse,
    /** Whoever types the source may go on: a here-document without its end waits for it, where a file's ends with the file. */
    readonly isOpen = false,
  ) {}

  get position(): number {
    return this.#at
  }

  next(): Token {
    this.#skipBlanks()
    const letter = this.source[this.#at]
    if (letter === undefined) {
      this.#readDocuments()
      return { type: 'end' }
    }
    if (letter === '\n') {
      this.#at++
      this.#readDocuments()
      return { type: 'newline' }
    }
    const operator = OPERATORS.find((each) => this.source.startsWith(each, this.#at))
    if (operator) {
      this.#at += operator.length
      return { type: 'operator', text: operator }
    }
    const start = this.#at
    const word = this.#word()
    return { type: 'word', word, raw: this.source.slice(start, this.#at) }
  }

  #skipBlanks(): void {
    for (;;) {
      const letter = this.source[this.#at]
      if (letter === ' ' || letter === '\t' || letter === '\r') this.#at++
      else if (letter === '\\' && this.source[this.#at + 1] === '\n') this.#at += 2
      else if (letter === '#') while (this.#at < this.source.length && this.source[this.#at] !== '\n') this.#at++
      else return
    }
  }

  #word(): Word {
    const pieces: Word = []
    let text = ''
    const flush = () => {
      if (text) pieces.push({ type: 'text', text, quoted: false })
      text = ''
    }
    for (;;) {
      const letter = this.source[this.#at]
      if (letter === undefined || /[\s;&|<>()]/.test(letter)) break
      if (letter === "'" || letter === '"' || letter === '$' || letter === '`' || letter === '\\') {
        flush()
        pieces.push(...this.#special(letter))
      } else {
        text += letter
        this.#at++
      }
    }
    flush()
    return pieces
  }

  #special(letter: string): Piece[] {
    if (letter === "'") return [this.#singleQuoted()]
    if (letter === '"') return this.#doubleQuoted()
    if (letter === '\\') {
      const text = this.source[this.#at + 1] ?? ''
      this.#at += 2
      return text === '\n' ? [] : [{ type: 'text', text, quoted: true }]
    }
    return [this.#expansion(false)]
  }

  #singleQuoted(): Piece {
    const end = this.source.indexOf("'", this.#at + 1)
    if (end < 0) throw new ShellSyntaxError('unterminated quoted string', true)
    const text = this.source.slice(this.#at + 1, end)
    this.#at = end + 1
    return { type: 'text', text, quoted: true }
  }

  /** `$'a\tb'` */
  #escaped(): Piece {
    const start = this.#at + 2
    let end = start
    while (this.source[end] !== "'") {
      if (this.source[end] === undefined) throw new ShellSyntaxError('unterminated quoted string', true)
      end += this.source[end] === '\\' ? 2 : 1
    }
    this.#at = end + 1
    return { type: 'text', text: unescaped(this.source.slice(start, end)).replace(/\\(['"])/g, '$1'), quoted: true }
  }

  #doubleQuoted(): Piece[] {
    this.#at++
    const pieces = this.#quotedUntil('"')
    this.#at++
    return pieces.length ? pieces : [{ type: 'text', text: '', quoted: true }]
  }

  /** Text and expansions as inside double quotes, up to `end` (not taken) or the end of the source. */
  #quotedUntil(end: string): Piece[] {
    const pieces: Piece[] = []
    let text = ''
    const flush = () => {
      if (text) pieces.push({ type: 'text', text, quoted: true })
      text = ''
    }
    for (;;) {
      const letter = this.source[this.#at]
      if (letter === undefined) {
        if (end) throw new ShellSyntaxError('unterminated quoted string', true)
        break
      }
      if (letter === end) break
      if (letter === '\\' && /["\\$`\n]/.test(this.source[this.#at + 1] ?? '')) {
        const escaped = this.source[this.#at + 1] ?? ''
        if (escaped !== '\n') text += escaped
        this.#at += 2
      } else if (letter === '$' || letter === '`') {
        flush()
        pieces.push(this.#expansion(true))
      } else {
        text += letter
        this.#at++
      }
    }
    flush()
    return pieces
  }

  #expansion(quoted: boolean): Piece {
    if (this.source[this.#at] === '`') return this.#backticks(quoted)
    const rest = this.source.slice(this.#at + 1, this.#at + 200)
    if (rest.startsWith("'") && !quoted) return this.#escaped()
    if (rest.startsWith('((')) return this.#arithmetic(quoted)
    if (rest.startsWith('(')) return this.#substitution(quoted)
    if (rest.startsWith('{')) return this.#braced(quoted)
    const name = NAME.exec(rest)?.[0] ?? SPECIAL_NAME.exec(rest)?.[0]
    if (!name) {
      this.#at++
      return { type: 'text', text: '$', quoted }
    }
    this.#at += 1 + name.length
    return { type: 'parameter', name, operator: '', word: undefined, quoted, length: false }
  }

  #backticks(quoted: boolean): Piece {
    let end = this.#at + 1
    let inner = ''
    for (; this.source[end] !== '`'; end++) {
      if (this.source[end] === undefined) throw new ShellSyntaxError('EOF in backquote substitution', true)
      if (this.source[end] === '\\' && /[`\\$]/.test(this.source[end + 1] ?? '')) end++
      inner += this.source[end]
    }
    this.#at = end + 1
    return { type: 'command', script: this.parse.whole(inner), quoted }
  }

  #substitution(quoted: boolean): Piece {
    const { script, end } = this.parse.untilClosed(this.source, this.#at + 2)
    this.#at = end + 1
    return { type: 'command', script, quoted }
  }

  #arithmetic(quoted: boolean): Piece {
    const start = this.#at + 3
    const end = matching(this.source, start, '(', ')')
    if (this.source[end + 1] !== ')') return this.#substitution(quoted)
    this.#at = end + 2
    return { type: 'arithmetic', text: this.#quoted(this.source.slice(start, end)), quoted }
  }

  #braced(quoted: boolean): Piece {
    const start = this.#at + 2
    const end = matching(this.source, start, '{', '}')
    const inner = this.source.slice(start, end)
    this.#at = end + 1
    const length = inner.startsWith('#') && inner.length > 1
    const body = length ? inner.slice(1) : inner
    const name = NAME.exec(body)?.[0] ?? SPECIAL_NAME.exec(body)?.[0] ?? ''
    const rest = body.slice(name.length)
    const operator = /^(:[-=+?]|[-=+?]|##?|%%?|\/\/?|:)/.exec(rest)?.[0] ?? ''
    if (!name || (rest && !operator)) throw new ShellSyntaxError(`bad substitution`)
    // Quotes around it do not make a pattern one that is quoted.
    const isQuoted = quoted && !/[#%/]/.test(operator)
    const text = rest.slice(operator.length)
    const word = operator ? (isQuoted ? this.#quoted(text) : new Lexer(text, this.parse).asWord()) : undefined
    return { type: 'parameter', name, operator, word, quoted, length }
  }

  #quoted(text: string): Word {
    return new Lexer(text, this.parse).asQuoted()
  }

  /** Notes a here-document whose text begins after the line. */
  expectDocument(delimiter: string, quoted: boolean, stripTabs: boolean): Word {
    const piece: Word = []
    this.#documents.push({ delimiter, quoted, stripTabs, piece })
    return piece
  }

  #readDocuments(): void {
    for (const { delimiter, quoted, stripTabs, piece } of this.#documents.splice(0)) {
      const lines: string[] = []
      for (;;) {
        if (this.#at >= this.source.length) {
          if (this.isOpen) throw new ShellSyntaxError('unterminated here-document', true)
          break
        }
        const end = this.source.indexOf('\n', this.#at)
        const line = this.source.slice(this.#at, end < 0 ? undefined : end)
        this.#at = end < 0 ? this.source.length : end + 1
        const shown = stripTabs ? line.replace(/^\t+/, '') : line
        if (shown === delimiter) break
        lines.push(`${shown}\n`)
      }
      if (quoted) piece.push({ type: 'text', text: lines.join(''), quoted: true })
      else piece.push(...this.#quoted(lines.join('')))
    }
  }

  /** The whole source as inside double quotes. */
  asQuoted(): Word {
    return this.#quotedUntil('')
  }
  /** The whole source as one word. */
  asWord(): Word {
    const pieces: Word = []
    while (this.#at < this.source.length) {
      pieces.push(...this.#word())
      const letter = this.source[this.#at]
      if (letter !== undefined) {
        pieces.push({ type: 'text', text: letter, quoted: false })
        this.#at++
      }
    }
    return pieces
  }
}

/** Where the bracket that was opened before `start` closes. */
function matching(source: string, start: number, open: string, close: string): number {
  let depth = 1
  for (let index = start; index < source.length; index++) {
    const letter = source[index]
    if (letter === '\\') index++
    else if (letter === "'" && open === '(') index = endOfQuote(source, index, "'")
    else if (letter === '"') index = endOfQuote(source, index, '"')
    else if (letter === open) depth++
    else if (letter === close && --depth === 0) return index
  }
  throw new ShellSyntaxError(`unexpected end of file (expecting "${close}")`, true)
}

function endOfQuote(source: string, start: number, quote: string): number {
  for (let index = start + 1; index < source.length; index++) {
    if (quote === '"' && source[index] === '\\') index++
    else if (source[index] === quote) return index
  }
  throw new ShellSyntaxError('unterminated quoted string', true)
}
