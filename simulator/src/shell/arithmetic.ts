/** `$((...))`: whole numbers of 64 bits, C operators, variables by name. */

type Variables = { get(name: string): string | undefined; set(name: string, value: string): void }

const TOKEN =
  /\s*(0[xX][0-9a-fA-F]+|\d\w*|[A-Za-z_]\w*|<<=|>>=|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^]=|[-+*/%<>!~&|^?:=(),])/y

type Calculation = (a: bigint, b: bigint) => bigint
const truth = (value: boolean): bigint => (value ? 1n : 0n)
/** Shifts count in 64 bits, as the processor does. */
const places = (count: bigint): bigint => BigInt.asUintN(6, count)

const CALCULATIONS: Record<string, Calculation> = {
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&': (a, b) => a & b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<=': (a, b) => truth(a <= b),
  '>=': (a, b) => truth(a >= b),
  '<': (a, b) => truth(a < b),
  '>': (a, b) => truth(a > b),
  '<<': (a, b) => a << places(b),
  '>>': (a, b) => a >> places(b),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / divisor(b),
  '%': (a, b) => a % divisor(b),
  '**': power,
}
/** From the loosest; `||` and `&&` have places of their own. */
const LEVELS = [['|'], ['^'], ['&'], ['==', '!='], ['<=', '>=', '<', '>'], ['<<', '>>'], ['+', '-'], ['*', '/', '%'], ['**']]
const ASSIGNMENT = /^(?:[-+*/%&|^]|<<|>>)?=$/

function divisor(value: bigint): bigint {
  if (value === 0n) throw new Error('divide by zero')
  return value
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw new Error('exponent less than 0')
  let [result, factor] = [1n, base]
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = BigInt.asIntN(64, result * factor)
    factor = BigInt.asIntN(64, factor * factor)
  }
  return result
}

/** @throws Error with the shell's words */
export function evaluate(text: string, variables: Variables): bigint {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text)
    if (!match) throw syntaxError()
    tokens.push(match[1] ?? '')
  }
  if (tokens.length === 0) return 0n
  const evaluator = new Evaluator(tokens, variables)
  const value = evaluator.list()
  if (!evaluator.done) throw syntaxError()
  return value
}

const syntaxError = (): Error => new Error('arithmetic syntax error')

/** Octal after a 0. */
function numberOf(text: string): bigint {
  const trimmed = text.trim()
  if (/^0[0-7]+$/.test(trimmed)) return BigInt(`0o${trimmed}`)
  if (/^(?:0[xX][0-9a-fA-F]+|0|[1-9]\d*)$/.test(trimmed)) return BigInt.asIntN(64, BigInt(trimmed))
  throw syntaxError()
}

class Evaluator {
  #at = 0
  /** Inside what is not taken, such as the right side of a `&&` that has failed: nothing is set there. */
  #isIdle = false
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

  list(): bigint {
    let value = this.#expression()
    while (this.#accept(',')) value = this.#expression()
    return value
  }

  #idle<T>(isIdle: boolean, read: () => T): T {
    const before = this.#isIdle
    this.#isIdle ||= isIdle
    const value = read()
    this.#isIdle = before
    return value
  }

  #expression(): bigint {
    const [name, operator] = [this.#peek(), this.#peek(1)]
    if (/^[A-Za-z_]/.test(name) && ASSIGNMENT.test(operator)) {
      this.#at += 2
      const right = this.#expression()
      const sign = operator.slice(0, -1)
      return this.#set(name, sign ? this.#calculate(sign, this.#read(name), right) : right)
    }
    const test = this.#either()
    if (!this.#accept('?')) return test
    const yes = this.#idle(test === 0n, () => this.#expression())
    if (!this.#accept(':')) throw syntaxError()
    const no = this.#idle(test !== 0n, () => this.#expression())
    return test !== 0n ? yes : no
  }

  #either(): bigint {
    let value = this.#both()
    while (this.#accept('||')) value = truth([this.#idle(value !== 0n, () => this.#both()), value].some(Boolean))
    return value
  }
  #both(): bigint {
    let value = this.#level(0)
    while (this.#accept('&&')) value = truth([this.#idle(value === 0n, () => this.#level(0)), value].every(Boolean))
    return value
  }

  #calculate(sign: string, left: bigint, right: bigint): bigint {
    if (this.#isIdle && (sign === '/' || sign === '%')) return 0n
    return BigInt.asIntN(64, CALCULATIONS[sign]?.(left, right) ?? right)
  }

  #level(depth: number): bigint {
    const operators = LEVELS[depth]
    if (!operators) return this.#unary()
    let value = this.#level(depth + 1)
    for (let sign = this.#peek(); operators.includes(sign); sign = this.#peek()) {
      this.#at++
      // A power of a power begins at the right.
      value = this.#calculate(sign, value, this.#level(sign === '**' ? depth : depth + 1))
    }
    return value
  }

  #unary(): bigint {
    if (this.#accept('-')) return BigInt.asIntN(64, -this.#unary())
    if (this.#accept('+')) return this.#unary()
    if (this.#accept('!')) return truth(this.#unary() === 0n)
    if (this.#accept('~')) return ~this.#unary()
    if (this.#accept('(')) {
      const value = this.list()
      if (!this.#accept(')')) throw syntaxError()
      return value
    }
    const token = this.#peek()
    this.#at++
    if (token === '++' || token === '--') {
      const name = this.#peek()
      if (!/^[A-Za-z_]/.test(name)) throw syntaxError()
      this.#at++
      return this.#step(name, token)
    }
    if (/^\d/.test(token)) return numberOf(token)
    if (!/^[A-Za-z_]/.test(token)) throw syntaxError()
    const value = this.#read(token)
    if (this.#peek() === '++' || this.#peek() === '--') this.#step(token, this.tokens[this.#at++] ?? '')
    return value
  }

  #step(name: string, sign: string): bigint {
    return this.#set(name, BigInt.asIntN(64, this.#read(name) + (sign === '++' ? 1n : -1n)))
  }
  #set(name: string, value: bigint): bigint {
    if (!this.#isIdle) this.variables.set(name, String(value))
    return value
  }

  #read(name: string): bigint {
    const text = this.variables.get(name)?.trim() ?? ''
    if (text === '') return 0n
    const negative = text.startsWith('-')
    try {
      const value = numberOf(text.replace(/^[-+]/, ''))
      return negative ? -value : value
    } catch {
      throw new Error(`bad number: ${text}`)
    }
  }
}
