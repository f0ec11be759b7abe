/** An expression from its text to a program, kept for those who ask again. */

import { patternProblem } from '../objects/pattern.js'
import { type Checked, checkExpression, type Declarations } from './checker.js'
import { functionTable } from './functions/index.js'
import { parseDuration, parseTimestamp } from './functions/times.js'
import { parseExpression } from './parser.js'
import { CompileError, childrenOf, type Expr, type ExprOf, type Issue } from './syntax.js'
import { type CelType, DYN, formatType, sameType } from './types.js'

export type { Checked } from './checker.js'
export { CompileError } from './syntax.js'

/** What an expression may name. One environment is kept by its maker, with the programs that were made in it. */
export class Environment {
  readonly #programs = new Map<string, Checked | CompileError>()
  readonly #declarations: Declarations
  constructor(variables: Iterable<[string, CelType]>, structs?: Declarations['structs']) {
    this.#declarations = { variables: new Map(variables), functions: functionTable, ...(structs ? { structs } : {}) }
  }

  get variables(): ReadonlyMap<string, CelType> {
    return this.#declarations.variables
  }

  /** @throws CompileError with upstream's text */
  compile(source: string): Checked {
    const known = this.#programs.get(source)
    const result = known ?? this.#make(source)
    if (!known) {
      if (this.#programs.size >= MOST_KEPT) this.#programs.clear()
      this.#programs.set(source, result)
    }
    if (result instanceof CompileError) throw result
    return result
  }

  #make(source: string): Checked | CompileError {
    try {
      const checked = checkExpression(source, parseExpression(source), this.#declarations)
      const issues = literalIssues(checked.expr, checked)
      return issues.length ? new CompileError(source, issues) : checked
    } catch (error) {
      if (error instanceof CompileError) return error
      if (error instanceof RangeError) return new CompileError(source, [{ at: 0, text: TOO_DEEP }])
      throw error
    }
  }
}

/** What cel-go says of nesting that it does not follow. */
const TOO_DEEP = 'expression recursion limit exceeded: 250'

const MOST_KEPT = 500

const LITERALS: Record<string, (text: string) => boolean> = {
  duration: (text) => parseDuration(text) !== undefined,
  timestamp: (text) => parseTimestamp(text) !== undefined,
  matches: (text) => patternProblem(text) === undefined,
}

function argumentIssues(expr: ExprOf<'call'>): Issue[] {
  const argument = expr.args[expr.name === 'matches' && !expr.target ? 1 : 0]
  const isFine = Object.hasOwn(LITERALS, expr.name) ? LITERALS[expr.name] : undefined
  const text = argument?.kind === 'literal' && typeof argument.value === 'string' ? argument.value : undefined
  if (!argument || !isFine || text === undefined || isFine(text)) return []
  return [{ at: argument.at, text: `invalid ${expr.name} argument` }]
}

/** `'%s of %d'.format([...])` with more arguments than it has places for. */
function formatIssues({ target, args: [list], at }: ExprOf<'call'>): Issue[] {
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || list?.kind !== 'list') return []
  const places = [...target.value.matchAll(/%(%|(?:\.\d+)?[a-zA-Z])/g)].filter(([, letter]) => letter !== '%').length
  const given = list.items.length
  if (given <= places) return []
  return [{ at, text: `too many arguments supplied to string.format (expected ${places}, got ${given})` }]
}

/** The elements of a literal are of one type, and what can be anything is another. */
function elementIssues(elements: Expr[], { types }: Checked): Issue[] {
  const [first, ...rest] = elements.map((each) => ({ each, type: types.get(each) ?? DYN }))
  if (!first) return []
  return rest
    .filter(({ type }) => !sameType(type, first.type))
    .map(({ each, type }) => ({ at: each.at, text: `expected type '${formatType(first.type)}' but found '${formatType(type)}'` }))
}

/** What is wrong with the types inside of a literal. */
function aggregateIssues(expr: Expr, checked: Checked): Issue[] {
  if (expr.kind === 'list') {
    const plain = expr.items.filter((_each, index) => !expr.optional.has(index))
    // Of a list the first that differs is told.
    return elementIssues(plain, checked).slice(0, 1)
  }
  if (expr.kind !== 'map') return []
  const plain = expr.entries.filter(({ optional }) => !optional).map(({ value }) => value)
  const keys = expr.entries.map(({ key }) => key)
  return [...elementIssues(keys, checked), ...elementIssues(plain, checked)]
}

/**
 * What can be seen to be wrong before anything runs. What `format` prints may be of any types.
 * @see cel-go cel/validator.go
 */
function literalIssues(expr: Expr, checked: Checked, isFormatted = false): Issue[] {
  const formats = expr.kind === 'call' && expr.name === 'format' && expr.target !== undefined
  const inner = childrenOf(expr).flatMap((each) => literalIssues(each, checked, isFormatted || formats))
  const own = isFormatted ? [] : aggregateIssues(expr, checked)
  if (expr.kind !== 'call') return [...own, ...inner]
  return formats ? [...formatIssues(expr), ...inner] : [...inner, ...argumentIssues(expr)]
}
