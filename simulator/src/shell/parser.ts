/** The grammar of the POSIX shell. @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html */
import { Lexer, type Token } from './lexer.js'
import {
  type Assignment,
  type Command,
  isPlain,
  type Pipeline,
  type Redirection,
  type Script,
  ShellSyntaxError,
  type Statement,
  type Word,
} from './syntax.js'

/** @throws ShellSyntaxError */
export function parseScript(source: string, isOpen = false): Script {
  const parser = new Parser(source, isOpen)
  const script = parser.script([])
  parser.expectEnd()
  return script
}

function untilClosed(source: string, start: number): { script: Script; end: number } {
  const parser = new Parser(source.slice(start))
  const script = parser.script([')'])
  return { script, end: start + parser.expectClosing() }
}

const REDIRECTIONS = new Set(['<', '>', '>>', '>|', '<>', '>&', '<&', '&>', '<<', '<<-', '<<<'])
const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/
const KEYWORDS = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  '{',
  '}',
  '!',
  'function',
])

class Parser {
  readonly #lexer: Lexer
  #token: Token
  constructor(source: string, isOpen = false) {
    this.#lexer = new Lexer(source, { whole: (text) => parseScript(text), untilClosed }, isOpen)
    this.#token = this.#lexer.next()
  }

  #advance(): Token {
    const token = this.#token
    this.#token = this.#lexer.next()
    return token
  }
  #isOperator(text: string): boolean {
    return this.#token.type === 'operator' && this.#token.text === text
  }
  #isKeyword(text: string): boolean {
    return this.#token.type === 'word' && this.#token.raw === text
  }
  #unexpected(): ShellSyntaxError {
    if (this.#token.type === 'end') return new ShellSyntaxError('unexpected end of file', true)
    const found = this.#token.type === 'operator' ? this.#token.text : this.#token.type === 'word' ? this.#token.raw : 'newline'
    return new ShellSyntaxError(`unexpected "${found}"`)
  }
  #take(keyword: string): void {
    if (!this.#isKeyword(keyword)) throw this.#unexpected()
    this.#advance()
  }
  #skipNewlines(): void {
    while (this.#token.type === 'newline') this.#advance()
  }
  expectEnd(): void {
    if (this.#token.type !== 'end') throw this.#unexpected()
  }

  /** @returns where the parenthesis stands */
  expectClosing(): number {
    if (!this.#isOperator(')')) throw this.#unexpected()
    return this.#lexer.position - 1
  }

  /** Statements up to the end or one of the keywords or operators, which are left. */
  script(until: string[]): Script {
    const statements: Statement[] = []
    for (;;) {
      while (this.#token.type === 'newline' || this.#isOperator(';')) this.#advance()
      if (this.#token.type === 'end' || until.some((word) => this.#isKeyword(word) || this.#isOperator(word))) return statements
      statements.push(this.#statement())
    }
  }

  #body(...until: string[]): Script {
    const script = this.script(until)
    if (script.length === 0) throw this.#unexpected()
    return script
  }

  #statement(): Statement {
    const statement: Statement = { first: this.#pipeline(), rest: [], background: false }
    while (this.#isOperator('&&') || this.#isOperator('||')) {
      const operator = (this.#advance() as { text: '&&' | '||' }).text
      this.#skipNewlines()
      statement.rest.push({ operator, pipeline: this.#pipeline() })
    }
    if (this.#isOperator('&')) {
      this.#advance()
      statement.background = true
    } else if (this.#isOperator(';')) this.#advance()
    else if (this.#token.type !== 'newline' && this.#token.type !== 'end' && !this.#isOperator(')') && !this.#isOperator(';;'))
      throw this.#unexpected()
    return statement
  }

  #pipeline(): Pipeline {
    let negated = false
    while (this.#isKeyword('!')) {
      this.#advance()
      negated = !negated
    }
    const commands = [this.#command()]
    while (this.#isOperator('|')) {
      this.#advance()
      this.#skipNewlines()
      commands.push(this.#command())
    }
    return { commands, negated }
  }

  #command(): Command {
    const compound = this.#compound()
    if (!compound) return this.#simple()
    if (compound.type !== 'function') while (this.#isRedirection()) compound.redirections.push(this.#redirection())
    return compound
  }

  #compound(): Command | undefined {
    if (this.#isOperator('(')) return this.#group('(', ')', true)
    if (this.#token.type !== 'word') return undefined
    switch (this.#token.raw) {
      case '{':
        return this.#group('{', '}', false)
      case 'if':
        return this.#if()
      case 'while':
      case 'until':
        return this.#loop()
      case 'for':
        return this.#for()
      case 'case':
        return this.#case()
      case 'function':
        this.#advance()
        return this.#function()
      default:
        return undefined
    }
  }

  #group(_open: string, close: string, subshell: boolean): Command {
    this.#advance()
    const body = this.#body(close)
    if (subshell ? !this.#isOperator(close) : !this.#isKeyword(close)) throw this.#unexpected()
    this.#advance()
    return { type: 'group', body, subshell, redirections: [] }
  }

  #if(): Command {
    this.#advance()
    const branches = [this.#branch()]
    let otherwise: Script | undefined
    for (;;) {
      if (this.#isKeyword('elif')) {
        this.#advance()
        branches.push(this.#branch())
      } else if (this.#isKeyword('else')) {
        this.#advance()
        otherwise = this.#body('fi')
      } else break
    }
    this.#take('fi')
    return { type: 'if', branches, otherwise, redirections: [] }
  }

  #branch(): { test: Script; body: Script } {
    const test = this.#body('then')
    this.#take('then')
    return { test, body: this.#body('elif', 'else', 'fi') }
  }

  #loop(): Command {
    const until = (this.#advance() as { raw: string }).raw === 'until'
    const test = this.#body('do')
    const body = this.#doGroup()
    return { type: 'loop', until, test, body, redirections: [] }
  }

  #doGroup(): Script {
    this.#take('do')
    const body = this.#body('done')
    this.#take('done')
    return body
  }

  #for(): Command {
    this.#advance()
    if (this.#token.type !== 'word') throw this.#unexpected()
    const name = this.#token.raw
    this.#advance()
    this.#skipNewlines()
    let words: Word[] | undefined
    if (this.#isKeyword('in')) {
      this.#advance()
      words = []
      while (this.#token.type === 'word') words.push((this.#advance() as { word: Word }).word)
    }
    if (this.#isOperator(';')) this.#advance()
    this.#skipNewlines()
    return { type: 'for', name, words, body: this.#doGroup(), redirections: [] }
  }

  #case(): Command {
    this.#advance()
    if (this.#token.type !== 'word') throw this.#unexpected()
    const { word } = this.#advance() as { word: Word }
    this.#skipNewlines()
    this.#take('in')
    const clauses: { patterns: Word[]; body: Script }[] = []
    this.#skipNewlines()
    while (!this.#isKeyword('esac')) {
      clauses.push(this.#clause())
      this.#skipNewlines()
    }
    this.#advance()
    return { type: 'case', word, clauses, redirections: [] }
  }

  #clause(): { patterns: Word[]; body: Script } {
    if (this.#isOperator('(')) this.#advance()
    const patterns: Word[] = []
    for (;;) {
      if (this.#token.type !== 'word') throw this.#unexpected()
      patterns.push((this.#advance() as { word: Word }).word)
      if (!this.#isOperator('|')) break
      this.#advance()
    }
    if (!this.#isOperator(')')) throw this.#unexpected()
    this.#advance()
    const body = this.script([';;', 'esac'])
    if (this.#isOperator(';;')) this.#advance()
    return { patterns, body }
  }

  #function(name?: string): Command {
    const own = name ?? (this.#advance() as { raw: string }).raw
    if (this.#isOperator('(')) {
      this.#advance()
      if (!this.#isOperator(')')) throw this.#unexpected()
      this.#advance()
    }
    this.#skipNewlines()
    return { type: 'function', name: own, body: this.#command() }
  }

  #isRedirection(): boolean {
    if (this.#token.type === 'operator') return REDIRECTIONS.has(this.#token.text)
    return (
      this.#token.type === 'word' && /^\d$/.test(this.#token.raw) && /^[<>]/.test(this.#lexer.source.slice(this.#lexer.position))
    )
  }

  #redirection(): Redirection {
    let descriptor: number | undefined
    if (this.#token.type === 'word') descriptor = Number((this.#advance() as { raw: string }).raw)
    const operator = (this.#advance() as { text: string }).text
    if (this.#token.type !== 'word') throw this.#unexpected()
    const token = this.#token
    if (operator === '<<' || operator === '<<-') {
      const delimiter = token.word.map((piece) => (piece.type === 'text' ? piece.text : '')).join('')
      const quoted = token.word.some((piece) => piece.quoted)
      const target = this.#lexer.expectDocument(delimiter, quoted, operator === '<<-')
      this.#advance()
      return { descriptor, operator: '<<', target }
    }
    this.#advance()
    return { descriptor, operator: operator as Redirection['operator'], target: token.word }
  }

  #simple(): Command {
    const assignments: Assignment[] = []
    const words: Word[] = []
    const redirections: Redirection[] = []
    /** Between double brackets, where `&&` belongs to the test. */
    let isTest = false
    for (;;) {
      if (this.#isRedirection()) redirections.push(this.#redirection())
      else if (this.#token.type === 'word') {
        const { word, raw } = this.#token
        if (words.length === 0 && assignments.length === 0 && redirections.length === 0 && KEYWORDS.has(raw))
          throw this.#unexpected()
        this.#advance()
        if (words.length === 0 && redirections.length === 0 && this.#isOperator('(') && /^[\w.-]+$/.test(raw))
          return this.#function(raw)
        const assignment = words.length === 0 ? assignmentOf(word) : undefined
        if (assignment) assignments.push(assignment)
        else words.push(word)
      } else if (isTest && (this.#isOperator('&&') || this.#isOperator('||'))) {
        const { text } = this.#advance() as { text: string }
        words.push([{ type: 'text', text, quoted: false }])
      } else break
      isTest = isTest ? !isPlain(words.at(-1), ']]') : words.length === 1 && isPlain(words[0], '[[')
    }
    if (words.length === 0 && assignments.length === 0 && redirections.length === 0) throw this.#unexpected()
    return { type: 'simple', assignments, words, redirections }
  }
}

function assignmentOf(word: Word): Assignment | undefined {
  const [first, ...rest] = word
  if (first?.type !== 'text' || first.quoted) return undefined
  const match = ASSIGNMENT.exec(first.text)
  if (!match) return undefined
  const text = first.text.slice(match[0].length)
  return { name: match[1] ?? '', value: [...(text ? [{ ...first, text }] : []), ...rest] }
}
