/** `$((...))`: whole numbers, C operators, variables by name. */

type Variables = { get(name: string): string | undefined; set(name: string, value: string): void }

const TOKEN = /\s*(\d+|0x[0-9a-fA-F]+|[A-Za-z_]\w*|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%]=|[-+*/%<>!~&|^?:=(),])/y

const BINARY: [string, (a: number, b: number) => number][][] = [
  [['||', (a, b) => Number(Boolean(a) || Boolean(b))]],
  [['&&', (a, b) => Number(Boolean(a) && Boolean(b))]],
  [['|', (a, b) => a | b]],
  [['^', (a, b) => a ^ b]],
  [['&', (a, b) => a & b]],
  [
    ['==', (a, b) => Number(a === b)],
    ['!=', (a, b) => Number(a !== b)],
  ],
  [
    ['<=', (a, b) => Number(a <= b)],
    ['>=', (a, b) => Number(a >= b)],
    ['<', (a, b) => Number(a < b)],
    ['>', (a, b) => Number(a > b)],
  ],
  [
    ['<<', (a, b) => a << b],
    ['>>', (a, b) => a >> b],
  ],
  [
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
  ],
  [
    ['*', (a, b) => a * b],
    ['/', divide],
    ['%', (a, b) => (b === 0 ? divide(a, b) : a % b)],
  ],
  [['**', (a, b) => a ** b]],
]

function divide(a: number, b: number): number {
  if (b === 0) throw new Error('divide by zero')
  return Math.trunc(a / b)
}

/** @throws Error with the shell's words */
export function evaluate(text: string, variables: Variables): number {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text)
    if (!match) throw new Error('arithmetic syntax error')
    tokens.push(match[1] ?? '')
  }
  if (tokens.length === 0) return 0
  const evaluator = new Evaluator(tokens, variables)
  const value = evaluator.expression()
  if (!evaluator.done) throw new Error('arithmetic syntax error')
  return value
}

class Evaluator {
  #at = 0
  constructor(
    readonly tokens: string[],
    readonly variables: Variables,
  ) {}
  get done(): boolean {
    return this.#at >= this.tokens.length
  }
  #peek(offset = 0): string {
    return this.tokens[this.#at + offset] ?? ''
  }
  #accept(token: string): boolean {
    if (this.#peek() !== token) return false
    this.#at++
    return true
  }

  expression(): number {
    const [name, operator] = [this.#peek(), this.#peek(1)]
    if (/^[A-Za-z_]/.test(name) && /^([-+*/%])?=$/.test(operator)) {
      this.#at += 2
      const right = this.expression()
      const sign = operator.slice(0, -1)
      const value = sign ? this.#apply(sign, this.#read(name), right) : right
      this.variables.set(name, String(value))
      return value
    }
    const test = this.#level(0)
    if (!this.#accept('?')) return test
    const yes = this.expression()
    if (!this.#accept(':')) throw new Error('arithmetic syntax error')
    const no = this.expression()
    return test ? yes : no
  }

  #apply(sign: string, left: number, right: number): number {
    const found = BINARY.flat().find(([text]) => text === sign)
    return found ? found[1](left, right) : right
  }

  #level(depth: number): number {
    const operators = BINARY[depth]
    if (!operators) return this.#unary()
    let value = this.#level(depth + 1)
    for (;;) {
      const found = operators.find(([text]) => text === this.#peek())
      if (!found) return value
      this.#at++
      value = found[1](value, this.#level(depth + 1))
    }
  }

  #unary(): number {
    if (this.#accept('-')) return -this.#unary()
    if (this.#accept('+')) return this.#unary()
    if (this.#accept('!')) return Number(!this.#unary())
    if (this.#accept('~')) return ~this.#unary()
    if (this.#accept('(')) {
      const value = this.expression()
      if (!this.#accept(')')) throw new Error('arithmetic syntax error')
      return value
    }
    const token = this.#peek()
    if (token === '++' || token === '--') {
      this.#at++
      return this.#step(this.tokens[this.#at++] ?? '', token === '++' ? 1 : -1)
    }
    this.#at++
    if (/^\d/.test(token)) return Number(token)
    if (!/^[A-Za-z_]/.test(token)) throw new Error('arithmetic syntax error')
    const value = this.#read(token)
    if (this.#peek() === '++' || this.#peek() === '--') this.#step(token, this.tokens[this.#at++] === '++' ? 1 : -1)
    return value
  }

  #step(name: string, by: number): number {
    const value = this.#read(name) + by
    this.variables.set(name, String(value))
    return value
  }

  #read(name: string): number {
    const text = this.variables.get(name)?.trim() ?? ''
    if (text === '') return 0
    const value = Number(text)
    if (Number.isNaN(value)) throw new Error(`bad number: ${text}`)
    return value
  }
}
