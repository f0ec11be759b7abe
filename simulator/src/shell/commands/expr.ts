/** `expr`: numbers, texts and patterns, one word each. Fails where the value is 0 or empty. @see POSIX, expr */
import type { Program } from '../../containers/process.js'
import { complain } from './command.js'
import { ExpressionError, expressionOf } from './text/expression.js'

class ExprError extends Error {}

const isNumber = (text: string): boolean => /^[-+]?\d+$/.test(text)
const isNothing = (text: string): boolean => text === '' || /^[-+]?0+$/.test(text)

const LEVELS = [['|'], ['&'], ['=', '==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%'], [':']]

class Reader {
  #at = 0
  constructor(readonly words: string[]) {}

  whole(): string {
    const value = this.#level(0)
    if (this.#at < this.words.length) throw new ExprError('syntax error')
    return value
  }

  #level(depth: number): string {
    const operators = LEVELS[depth]
    if (!operators) return this.#term()
    let left = this.#level(depth + 1)
    for (let word = this.words[this.#at]; word !== undefined && operators.includes(word); word = this.words[this.#at]) {
      this.#at++
      left = calculated(word, left, this.#level(depth + 1))
    }
    return left
  }

  #take(): string {
    const word = this.words[this.#at++]
    if (word === undefined) throw new ExprError('syntax error')
    return word
  }

  #term(): string {
    const word = this.#take()
    if (word === '(') {
      const value = this.#level(0)
      if (this.#take() !== ')') throw new ExprError('syntax error')
      return value
    }
    const isLast = this.#at >= this.words.length
    if (word === 'length' && !isLast) return String(this.#term().length)
    if (word === 'match' && !isLast) return matched(this.#term(), this.#term())
    if (word === 'index' && !isLast) return indexOf(this.#term(), this.#term())
    if (word !== 'substr' || isLast) return word
    const [text, start, length] = [this.#term(), Number(this.#term()), Number(this.#term())]
    return start > 0 && length > 0 ? text.slice(start - 1, start - 1 + length) : ''
  }
}

function indexOf(text: string, letters: string): string {
  return String([...text].findIndex((letter) => letters.includes(letter)) + 1)
}

/** From the start: the first group, or how many letters fit. */
function matched(text: string, pattern: string): string {
  const found = expressionOf(`^${pattern.replace(/^\^/, '')}`).find(text)
  const hasGroup = /\\\(/.test(pattern)
  return hasGroup ? (found?.groups[1] ?? '') : String(found?.end ?? 0)
}

function calculated(operator: string, left: string, right: string): string {
  if (operator === '|') return isNothing(left) ? right : left
  if (operator === '&') return isNothing(left) || isNothing(right) ? '0' : left
  if (operator === ':') return matched(left, right)
  if (LEVELS[2]?.includes(operator)) return String(Number(compared(operator, left, right)))
  if (!isNumber(left) || !isNumber(right)) throw new ExprError('non-numeric argument')
  const [a, b] = [BigInt(left), BigInt(right)]
  if ((operator === '/' || operator === '%') && b === 0n) throw new ExprError('division by zero')
  const results: Record<string, () => bigint> = {
    '+': () => a + b,
    '-': () => a - b,
    '*': () => a * b,
    '/': () => a / b,
    '%': () => a % b,
  }
  return String(BigInt.asIntN(64, results[operator]?.() ?? 0n))
}

function compared(operator: string, left: string, right: string): boolean {
  const order = isNumber(left) && isNumber(right) ? Number(left) - Number(right) : left < right ? -1 : left > right ? 1 : 0
  if (operator === '=' || operator === '==') return order === 0
  if (operator === '!=') return order !== 0
  return operator.startsWith('<')
    ? order < 0 || (order === 0 && operator === '<=')
    : order > 0 || (order === 0 && operator === '>=')
}

export const expr: Program = async (process) => {
  const words = process.argv.slice(1)
  try {
    if (words.length === 0) throw new ExprError('too few arguments')
    const value = new Reader(words).whole()
    await process.stdout.write(`${value}\n`)
    return isNothing(value) ? 1 : 0
  } catch (error) {
    if (!(error instanceof ExprError || error instanceof ExpressionError)) throw error
    complain(process, error.message)
    return 2
  }
}
