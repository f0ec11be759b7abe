/** What Go's encoding/json says of a text that is no JSON. Models its scanner, byte by byte. */

type State = (byte: number) => string | undefined

const CODES = (text: string): Set<number> => new Set([...text].map((letter) => letter.charCodeAt(0)))
const SPACE = CODES(' \t\r\n')
const DIGITS = CODES('0123456789')
const HEX = CODES('0123456789abcdefABCDEF')
const ESCAPES = CODES('bfnrt\\/"')
const LITERALS: Record<string, string> = { t: 'true', f: 'false', n: 'null' }
const [QUOTE, BACKSLASH] = [0x22, 0x5c]

/** Bytes that are looked at in one part. */
const PART_BYTES = 16 * 1024

/** Yields after each part how many bytes it was. @returns undefined where the text is JSON */
export function* lookForProblem(bytes: Uint8Array): Generator<number, string | undefined, void> {
  const scanner = new Scanner()
  for (let start = 0; start < bytes.length; start += PART_BYTES) {
    for (const byte of bytes.subarray(start, start + PART_BYTES)) {
      const problem = scanner.take(byte)
      if (problem) return problem
    }
    yield PART_BYTES
  }
  return scanner.end()
}

/** @returns undefined where the text is JSON */
export function syntaxProblem(bytes: Uint8Array): string | undefined {
  const parts = lookForProblem(bytes)
  for (;;) {
    const part = parts.next()
    if (part.done) return part.value
  }
}

class Scanner {
  /** What encloses the place: `{` waits for a key, `:` for a value of an object, `[` for an item. */
  readonly #inside: ('{' | ':' | '[')[] = []
  #next: State = (byte) => this.#beginValue(byte)
  #isDone = false

  take(byte: number): string | undefined {
    return this.#next(byte)
  }

  /** Go ends every text with a space of its own. */
  end(): string | undefined {
    return this.#next(0x20) ?? (this.#isDone ? undefined : 'unexpected end of JSON input')
  }

  #wrong(byte: number, where: string): string {
    return `invalid character ${quoted(byte)} ${where}`
  }

  #beginValue(byte: number, isAfterBracket = false): string | undefined {
    if (SPACE.has(byte)) return undefined
    const letter = String.fromCharCode(byte)
    if (letter === ']' && isAfterBracket) return this.#close()
    if (letter === '{') return this.#open('{', (next) => this.#beginKey(next, true))
    if (letter === '[') return this.#open('[', (next) => this.#beginValue(next, true))
    if (letter === '"') return this.#string(() => this.#endValue())
    const literal = LITERALS[letter]
    if (literal) return this.#literal(literal, 1)
    if (letter === '-' || DIGITS.has(byte)) return this.#number(byte)
    return this.#wrong(byte, 'looking for beginning of value')
  }

  #open(kind: '{' | '[', next: State): undefined {
    this.#inside.push(kind)
    this.#next = next
  }

  #beginKey(byte: number, isFirst: boolean): string | undefined {
    if (SPACE.has(byte)) return undefined
    if (byte === 0x7d && isFirst) return this.#close()
    if (byte !== QUOTE) return this.#wrong(byte, 'looking for beginning of object key string')
    return this.#string(() => {
      this.#next = (next) => this.#afterKey(next)
    })
  }

  #afterKey(byte: number): string | undefined {
    if (SPACE.has(byte)) return undefined
    if (byte !== 0x3a) return this.#wrong(byte, 'after object key')
    this.#inside[this.#inside.length - 1] = ':'
    this.#next = (next) => this.#beginValue(next)
    return undefined
  }

  #close(): undefined {
    this.#inside.pop()
    this.#endValue()
  }

  #endValue(): undefined {
    this.#isDone = this.#inside.length === 0
    this.#next = (byte) => this.#afterValue(byte)
  }

  #afterValue(byte: number): string | undefined {
    if (SPACE.has(byte)) return undefined
    const kind = this.#inside.at(-1)
    const letter = String.fromCharCode(byte)
    if (kind === undefined) return this.#wrong(byte, 'after top-level value')
    if (letter === (kind === '[' ? ']' : '}')) return this.#close()
    if (letter !== ',') return this.#wrong(byte, kind === '[' ? 'after array element' : 'after object key:value pair')
    if (kind !== '[') this.#inside[this.#inside.length - 1] = '{'
    this.#next = (next) => (kind === '[' ? this.#beginValue(next) : this.#beginKey(next, false))
    return undefined
  }

  #string(done: () => void): undefined {
    const within: State = (byte) => {
      if (byte === QUOTE) done()
      else if (byte === BACKSLASH) this.#next = escaped
      else if (byte < 0x20) return this.#wrong(byte, 'in string literal')
      return undefined
    }
    const escaped: State = (byte) => {
      if (byte === 0x75) this.#next = hex(4)
      else if (ESCAPES.has(byte)) this.#next = within
      else return this.#wrong(byte, 'in string escape code')
      return undefined
    }
    const hex =
      (left: number): State =>
      (byte) => {
        if (!HEX.has(byte)) return this.#wrong(byte, 'in \\u hexadecimal character escape')
        this.#next = left === 1 ? within : hex(left - 1)
        return undefined
      }
    this.#next = within
  }

  #literal(word: string, at: number): undefined {
    this.#next = (byte) => {
      const wanted = word[at] ?? ''
      if (String.fromCharCode(byte) !== wanted) return this.#wrong(byte, `in literal ${word} (expecting '${wanted}')`)
      return at + 1 === word.length ? this.#endValue() : this.#literal(word, at + 1)
    }
  }

  #number(first: number): undefined {
    if (first === 0x2d) this.#next = (byte) => this.#digit(byte, 'in numeric literal', () => this.#afterInteger(byte === 0x30))
    else this.#afterInteger(first === 0x30)
  }

  /** One digit must come; `then` says what may follow. */
  #digit(byte: number, where: string, then: () => void): string | undefined {
    if (!DIGITS.has(byte)) return this.#wrong(byte, where)
    then()
    return undefined
  }

  #afterInteger(isZero: boolean): void {
    this.#numberState((byte) => {
      if (DIGITS.has(byte) && !isZero) return 'more'
      if (byte === 0x2e)
        this.#next = (next) => this.#digit(next, 'after decimal point in numeric literal', () => this.#afterFraction())
      return byte === 0x2e ? 'moved' : this.#exponent(byte)
    })
  }

  #afterFraction(): void {
    this.#numberState((byte) => (DIGITS.has(byte) ? 'more' : this.#exponent(byte)))
  }

  #exponent(byte: number): 'moved' | undefined {
    if (byte !== 0x65 && byte !== 0x45) return undefined
    const where = 'in exponent of numeric literal'
    const digits = () => this.#numberState((next) => (DIGITS.has(next) ? 'more' : undefined))
    this.#next = (next) => {
      if (next !== 0x2b && next !== 0x2d) return this.#digit(next, where, digits)
      this.#next = (first) => this.#digit(first, where, digits)
      return undefined
    }
    return 'moved'
  }

  /** A place where the number may end. */
  #numberState(step: (byte: number) => 'more' | 'moved' | undefined): void {
    this.#next = (byte) => {
      if (step(byte)) return undefined
      this.#endValue()
      return this.#next(byte)
    }
  }
}

const CONTROLS: Record<number, string> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 92: '\\\\' }

/** As strconv.Quote shows one letter, between single quotes. */
function quoted(byte: number): string {
  if (byte === 0x27) return `'\\''`
  const control = CONTROLS[byte]
  if (control) return `'${control}'`
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`
  const isShown = byte < 0x80 || (byte > 0xa0 && byte !== 0xad)
  return isShown ? `'${String.fromCharCode(byte)}'` : `'\\u00${byte.toString(16)}'`
}

/** The kind of a value, in the words of Go's decoder. */
export const jsonType = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
