/** Reads an awk program, from the loosest operator down to the tightest. */
import { AwkError, type Expression, type Place, type Rule, type Statement, type Token, tokenize } from './syntax.js'

const COMPARISONS = ['<', '<=', '==', '!=', '>', '>=']
const ASSIGNMENTS = ['=', '+=', '-=', '*=', '/=', '%=', '^=']
/** Functions that may stand without parentheses. */
const BARE = ['length']

const isPlace = (found: Expression): found is Place => ['variable', 'field', 'element'].includes(found.type)

class Parser {
  #at = 0
  /** Inside `print` a `>` leads to a file. */
  #noGreater = false
  /** In the head of `for` an `in` belongs to it. */
  #noIn = false
  constructor(readonly tokens: Token[]) {}

  get #next(): Token {
    return this.tokens[this.#at] as Token
  }
  #is(...texts: string[]): boolean {
    return ['symbol', 'word', 'newline'].includes(this.#next.type) && texts.includes(this.#next.text)
  }
  #take(): Token {
    return this.tokens[this.#at++] as Token
  }
  #accept(...texts: string[]): Token | undefined {
    return this.#is(...texts) ? this.#take() : undefined
  }
  #expect(text: string): void {
    if (!this.#accept(text)) throw new AwkError(`syntax error: '${text}' expected before '${this.#next.text || 'the end'}'`)
  }
  #skip(...texts: string[]): void {
    while (this.#accept(...texts));
  }

  program(): Rule[] {
    const rules: Rule[] = []
    for (this.#skip('\n', ';'); this.#next.type !== 'end'; this.#skip('\n', ';')) rules.push(this.#rule())
    return rules
  }

  #rule(): Rule {
    const special = this.#accept('BEGIN', 'END')
    if (special) return { pattern: special.text as 'BEGIN', action: this.#block() }
    const pattern = this.#is('{') ? undefined : this.#expression()
    const until = pattern && this.#accept(',') ? this.#expression() : undefined
    return { pattern, ...(until && { until }), action: this.#is('{') ? this.#block() : undefined }
  }

  #block(): Statement {
    this.#expect('{')
    const body: Statement[] = []
    for (this.#skip('\n', ';'); !this.#accept('}'); this.#skip('\n', ';')) body.push(this.#statement())
    return { type: 'block', body }
  }

  #statement(): Statement {
    if (this.#is('{')) return this.#block()
    const word = this.#next.type === 'word' ? this.#next.text : ''
    if (['if', 'while', 'for', 'do'].includes(word)) return this.#compound(this.#take().text)
    const simple = this.#simple()
    if (!this.#accept(';', '\n') && !this.#is('}') && this.#next.type !== 'end')
      throw new AwkError(`syntax error near '${this.#next.text}'`)
    return simple
  }

  #body(): Statement {
    this.#skip('\n')
    return this.#accept(';') ? { type: 'block', body: [] } : this.#statement()
  }
  #test(): Expression {
    this.#expect('(')
    const test = this.#expression()
    this.#expect(')')
    return test
  }

  #compound(word: string): Statement {
    if (word === 'while') return { type: 'while', test: this.#test(), body: this.#body(), first: false }
    if (word === 'for') return this.#for()
    if (word === 'do') {
      const body = this.#body()
      this.#skip('\n', ';')
      this.#expect('while')
      return { type: 'while', test: this.#test(), body, first: true }
    }
    const [test, yes] = [this.#test(), this.#body()]
    const before = this.#at
    this.#skip('\n', ';')
    if (this.#accept('else')) return { type: 'if', test, yes, no: this.#body() }
    this.#at = before
    return { type: 'if', test, yes }
  }

  #for(): Statement {
    this.#expect('(')
    const [variable, word, of] = this.tokens.slice(this.#at, this.#at + 3)
    if (variable?.type === 'name' && word?.text === 'in' && this.tokens[this.#at + 3]?.text === ')') {
      this.#at += 4
      return { type: 'each', variable: variable.text, of: of?.text ?? '', body: this.#body() }
    }
    const start = this.#is(';') ? undefined : this.#simple()
    this.#expect(';')
    const test = this.#is(';') ? undefined : this.#expression()
    this.#expect(';')
    const next = this.#is(')') ? undefined : this.#simple()
    this.#expect(')')
    return { type: 'for', ...(start && { start }), ...(test && { test }), ...(next && { next }), body: this.#body() }
  }

  #simple(): Statement {
    const word = this.#accept('print', 'printf', 'next', 'exit', 'break', 'continue', 'delete')?.text
    if (word === 'print' || word === 'printf') return this.#print(word === 'printf')
    if (word === 'exit') return this.#is(';', '}', '\n') ? { type: 'exit' } : { type: 'exit', code: this.#expression() }
    if (word === 'delete') {
      const name = this.#take().text
      return { type: 'delete', name, keys: this.#accept('[') ? this.#list(']') : [] }
    }
    if (word) return { type: word as 'next' }
    return { type: 'expression', of: this.#expression() }
  }

  #print(formatted: boolean): Statement {
    this.#noGreater = true
    let args: Expression[] = []
    if (!this.#is(';', '}', '\n', '>', '>>') && this.#next.type !== 'end') args = this.#printed()
    this.#noGreater = false
    const arrow = this.#accept('>', '>>')
    if (this.#is('|')) throw new AwkError('this awk of the simulated cluster writes into no commands')
    const file = arrow && { append: arrow.text === '>>', path: this.#concatenation() }
    return { type: 'print', args, formatted, ...(file && { file }) }
  }
  /** `(a, b)` is a list of two where nothing follows it. */
  #printed(): Expression[] {
    const before = this.#at
    if (this.#accept('(')) {
      const list = this.#nested(() => this.#list(')'))
      if (this.#is(';', '}', '\n', '>', '>>') || this.#next.type === 'end') return list
      this.#at = before
    }
    const list = [this.#expression()]
    while (this.#accept(',')) list.push(this.#expression())
    return list
  }
  #nested<T>(read: () => T): T {
    const [greater, inside] = [this.#noGreater, this.#noIn]
    this.#noGreater = false
    this.#noIn = false
    const found = read()
    this.#noGreater = greater
    this.#noIn = inside
    return found
  }

  #list(end: string): Expression[] {
    const list: Expression[] = []
    while (!this.#accept(end)) {
      list.push(this.#expression())
      this.#skip('\n')
      if (!this.#is(end)) this.#expect(',')
      this.#skip('\n')
    }
    return list
  }

  #expression(): Expression {
    const left = this.#choice()
    if (!isPlace(left) || !this.#is(...ASSIGNMENTS)) return left
    return { type: 'assign', operator: this.#take().text, to: left, value: this.#expression() }
  }

  #choice(): Expression {
    const test = this.#logical(['||'], () => this.#logical(['&&'], () => this.#member()))
    if (!this.#accept('?')) return test
    const yes = this.#expression()
    this.#expect(':')
    return { type: 'choice', test, yes, no: this.#expression() }
  }
  #logical(operators: string[], below: () => Expression): Expression {
    let left = below()
    for (let found = this.#accept(...operators); found; found = this.#accept(...operators)) {
      this.#skip('\n')
      left = { type: 'binary', operator: found.text, left, right: below() }
    }
    return left
  }
  #member(): Expression {
    const left = this.#logical(['~', '!~'], () => this.#comparison())
    if (this.#noIn || !this.#accept('in')) return left
    return { type: 'in', keys: [left], name: this.#take().text }
  }
  #comparison(): Expression {
    const left = this.#concatenation()
    const known = this.#noGreater ? COMPARISONS.filter((each) => each !== '>') : COMPARISONS
    const found = this.#accept(...known)
    return found ? { type: 'binary', operator: found.text, left, right: this.#concatenation() } : left
  }
  #concatenation(): Expression {
    let left = this.#sum()
    while (this.#beginsTerm()) left = { type: 'binary', operator: ' ', left, right: this.#sum() }
    return left
  }
  #beginsTerm(): boolean {
    const { type } = this.#next
    return ['number', 'string', 'name', 'regexp'].includes(type) || this.#is('$', '!', '(', '++', '--', '-')
  }
  #sum(): Expression {
    return this.#logical(['+', '-'], () => this.#logical(['*', '/', '%'], () => this.#unary()))
  }
  #unary(): Expression {
    const found = this.#accept('!', '-', '+')
    return found ? { type: 'unary', operator: found.text, of: this.#unary() } : this.#power()
  }
  #power(): Expression {
    const left = this.#stepped()
    return this.#accept('^') ? { type: 'binary', operator: '^', left, right: this.#unary() } : left
  }
  #stepped(): Expression {
    const before = this.#accept('++', '--')
    const found = this.#term()
    const step = before ?? (isPlace(found) ? this.#accept('++', '--') : undefined)
    if (!step || !isPlace(found)) return found
    return { type: 'step', to: found, by: step.text === '++' ? 1 : -1, before: before !== undefined }
  }

  #term(): Expression {
    const { type, text } = this.#next
    if (type === 'number') return { type, value: Number(this.#take().text) }
    if (type === 'string') return { type, value: this.#take().text }
    if (type === 'regexp') return { type, source: this.#take().text }
    if (type === 'name') return this.#named(this.#take().text)
    if (this.#accept('$')) return { type: 'field', of: this.#stepped() }
    if (this.#accept('(')) return this.#grouped()
    throw new AwkError(`syntax error near '${text.trim() || 'the end'}'`)
  }
  #grouped(): Expression {
    const list = this.#nested(() => this.#list(')'))
    if (this.#accept('in')) return { type: 'in', keys: list, name: this.#take().text }
    const [first] = list
    if (!first || list.length > 1) throw new AwkError('syntax error: one expression expected in ()')
    // A group is no place to assign to.
    return { type: 'unary', operator: '(', of: first }
  }
  #named(name: string): Expression {
    if (this.#accept('[')) return { type: 'element', name, keys: this.#nested(() => this.#list(']')) }
    if (this.#is('(') && !this.#next.spaced) {
      this.#take()
      return { type: 'call', name, args: this.#nested(() => this.#list(')')) }
    }
    return BARE.includes(name) ? { type: 'call', name, args: [] } : { type: 'variable', name }
  }
}

/** @throws AwkError */
export const parseAwk = (program: string): Rule[] => new Parser(tokenize(program)).program()
