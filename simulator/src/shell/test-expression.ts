/** `test`, `[` and `[[`. @see POSIX, test */
import { normalize } from '../containers/file-system.js'
import { expressionOf } from './commands/text/expression.js'
import { matchesPattern } from './pattern.js'
import type { Io, Shell } from './shell.js'

const NUMBERS: Record<string, (a: bigint, b: bigint) => boolean> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
}
const TEXTS = ['=', '==', '!=', '<', '>', '=~']
const FILES = ['-nt', '-ot', '-ef']
const UNARY = /^-[bcdefghkLnpOGrsStuwxz]$/
const isBinary = (word: string | undefined): boolean =>
  word !== undefined && (word in NUMBERS || TEXTS.includes(word) || FILES.includes(word))

/** @param name `test`, or a bracket that has to be closed */
export async function evaluateTest(shell: Shell, words: string[], { name, io }: { name: string; io: Io }): Promise<number> {
  const closing = name === '[' ? ']' : name === '[[' ? ']]' : undefined
  try {
    if (closing !== undefined && words.at(-1) !== closing) throw new Error(`missing ${closing}`)
    return new TestReader(shell, closing === undefined ? words : words.slice(0, -1), { name, io }).value() ? 0 : 1
  } catch (error) {
    await io.stderr.write(`${shell.name}: ${error instanceof Error ? error.message : error}\n`)
    return 2
  }
}

class TestReader {
  #at = 0
  constructor(
    readonly shell: Shell,
    readonly words: string[],
    readonly called: { name: string; io: Io },
  ) {}

  /** As `[[` has it: the right side is a pattern. */
  get #withPatterns(): boolean {
    return this.called.name === '[['
  }

  value(): boolean {
    if (this.words.length === 0) return false
    const value = this.#either()
    if (this.#at < this.words.length) throw new Error(`${this.words[this.#at]}: unknown operand`)
    return value
  }

  #peek(offset = 0): string | undefined {
    return this.words[this.#at + offset]
  }
  get #left(): number {
    return this.words.length - this.#at
  }

  #either(): boolean {
    let value = this.#both()
    while (this.#peek() === '-o' || this.#peek() === '||') {
      this.#at++
      value = this.#both() || value
    }
    return value
  }
  #both(): boolean {
    let value = this.#not()
    while (this.#peek() === '-a' || this.#peek() === '&&') {
      this.#at++
      value = this.#not() && value
    }
    return value
  }
  #not(): boolean {
    if (this.#peek() === '!' && this.#left > 1 && !isBinary(this.#peek(1))) {
      this.#at++
      return !this.#not()
    }
    return this.#one()
  }

  #one(): boolean {
    const [word = '', next, third] = [this.#peek(), this.#peek(1), this.#peek(2)]
    if (isBinary(next) && third !== undefined) {
      this.#at += 3
      return this.#binary(word, next ?? '', third)
    }
    if (word === '(' && this.#left > 2) return this.#group()
    if (UNARY.test(word) && next !== undefined && !(['-a', '-o'].includes(next) && third !== undefined && this.#left > 2)) {
      this.#at += 2
      return word === '-t' ? this.called.io.terminal !== undefined : unary(this.shell, word, next)
    }
    if (this.#left === 2 && word.startsWith('-')) throw new Error(`${word}: unknown operand`)
    if (this.#left === 0) throw new Error('argument expected')
    this.#at++
    return word !== ''
  }
  #group(): boolean {
    this.#at++
    const value = this.#either()
    if (this.#peek() !== ')') throw new Error('closing paren expected')
    this.#at++
    return value
  }

  #binary(left: string, operator: string, right: string): boolean {
    const isSame = () => left === right || (this.#withPatterns && matchesPattern(right, left))
    if (operator === '=' || operator === '==') return isSame()
    if (operator === '!=') return !isSame()
    if (operator === '<') return left < right
    if (operator === '>') return left > right
    if (operator === '=~') return expressionOf(right, { extended: true }).test(left)
    if (FILES.includes(operator)) return this.#files(left, operator, right)
    return NUMBERS[operator]?.(wholeNumber(left), wholeNumber(right)) ?? false
  }

  #files(left: string, operator: string, right: string): boolean {
    const timeOf = (path: string) => {
      const node = this.shell.machine.fs.stat(normalize(path, this.shell.cwd))
      return node && 'mtimeMs' in node ? (node.mtimeMs ?? 0) : undefined
    }
    if (operator === '-ef') return normalize(left, this.shell.cwd) === normalize(right, this.shell.cwd)
    const [a, b] = operator === '-nt' ? [timeOf(left), timeOf(right)] : [timeOf(right), timeOf(left)]
    return a !== undefined && (b === undefined || a > b)
  }
}

function wholeNumber(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Error(`${text}: bad number`)
  return BigInt(text.trim().replace(/^\+/, ''))
}

function unary(shell: Shell, operator: string, operand: string): boolean {
  if (operator === '-z') return operand === ''
  if (operator === '-n') return operand !== ''
  const { fs } = shell.machine
  const node = fs.stat(normalize(operand, shell.cwd), operator !== '-L' && operator !== '-h')
  switch (operator) {
    case '-f':
      return node?.type === 'file' && !isDevice(normalize(operand, shell.cwd))
    case '-d':
      return node?.type === 'directory'
    case '-s':
      return node?.type === 'file' && node.data.length > 0
    case '-x':
      return node?.type === 'directory' || (node?.type === 'file' && (node.mode & 0o111) !== 0)
    case '-L':
    case '-h':
      return node?.type === 'link'
    case '-c':
      return isDevice(normalize(operand, shell.cwd))
    case '-e':
    case '-r':
    case '-w':
    case '-O':
    case '-G':
      return node !== undefined
    default:
      // Block devices, pipes, sockets and modes that a simulated file system has none of.
      return false
  }
}

const isDevice = (path: string): boolean => path.startsWith('/dev/')
