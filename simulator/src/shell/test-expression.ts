/** `test` and `[`. */
import { normalize } from '../containers/file-system.js'
import { matchesPattern } from './pattern.js'
import type { Io, Shell } from './shell.js'

const NUMBERS: Record<string, (a: number, b: number) => boolean> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
}

export async function evaluateTest(shell: Shell, args: string[], io: Io): Promise<number> {
  try {
    return either(shell, args) ? 0 : 1
  } catch (error) {
    await io.stderr.write(`${shell.name}: ${error instanceof Error ? error.message : error}\n`)
    return 2
  }
}

function split(args: string[], ...words: string[]): [string[], string[]] | undefined {
  const index = args.findIndex((arg, at) => words.includes(arg) && at > 0)
  return index < 0 ? undefined : [args.slice(0, index), args.slice(index + 1)]
}

function either(shell: Shell, args: string[]): boolean {
  const parts = split(args, '-o', '||')
  return parts ? either(shell, parts[0]) || either(shell, parts[1]) : both(shell, args)
}

function both(shell: Shell, args: string[]): boolean {
  const parts = split(args, '-a', '&&')
  return parts ? both(shell, parts[0]) && both(shell, parts[1]) : one(shell, args)
}

function one(shell: Shell, args: string[]): boolean {
  if (args[0] === '!') return !one(shell, args.slice(1))
  const [left = '', operator = '', right = ''] = args
  if (args.length === 0) return false
  if (args.length === 1) return left !== ''
  if (args.length === 2) return unary(shell, left, operator)
  if (args.length > 3) throw new Error('too many arguments')
  if (operator === '=' || operator === '==') return left === right || matchesPattern(right, left)
  if (operator === '!=') return !(left === right || matchesPattern(right, left))
  if (operator === '<') return left < right
  if (operator === '>') return left > right
  const compare = NUMBERS[operator]
  if (!compare) throw new Error(`${operator}: unknown operand`)
  for (const text of [left, right]) if (!/^\s*-?\d+\s*$/.test(text)) throw new Error(`out of range`)
  return compare(Number(left), Number(right))
}

function unary(shell: Shell, operator: string, operand: string): boolean {
  if (operator === '-z') return operand === ''
  if (operator === '-n') return operand !== ''
  if (operator === '-t') return false
  const { fs } = shell.machine
  const node = fs.stat(normalize(operand, shell.cwd), operator !== '-L' && operator !== '-h')
  switch (operator) {
    case '-e':
    case '-r':
    case '-w':
      return node !== undefined
    case '-f':
      return node?.type === 'file'
    case '-d':
      return node?.type === 'directory'
    case '-s':
      return node?.type === 'file' && node.data.length > 0
    case '-x':
      return node?.type === 'directory' || (node?.type === 'file' && (node.mode & 0o111) !== 0)
    case '-L':
    case '-h':
      return node?.type === 'link'
    default:
      throw new Error(`${operator}: unknown operand`)
  }
}
