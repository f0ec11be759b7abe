/** An expression from its text to a program, kept for those who ask again. */

import { patternProblem } from '../objects/pattern.js'
import { type Checked, checkExpression, type Declarations } from './checker.js'
import { functionTable } from './functions/index.js'
import { parseDuration, parseTimestamp } from './functions/times.js'
import { parseExpression } from './parser.js'
import { CompileError, childrenOf, type Expr, type Issue } from './syntax.js'
import type { CelType } from './types.js'

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
      const issues = literalIssues(checked.expr)
      return issues.length ? new CompileError(source, issues) : checked
    } catch (error) {
      if (error instanceof CompileError) return error
      throw error
    }
  }
}

const MOST_KEPT = 500

const LITERALS: Record<string, (text: string) => boolean> = {
  duration: (text) => parseDuration(text) !== undefined,
  timestamp: (text) => parseTimestamp(text) !== undefined,
  matches: (text) => patternProblem(text) === undefined,
}

/** Literals that can be seen to be wrong before anything runs. @see cel-go cel/validator.go */
function literalIssues(expr: Expr): Issue[] {
  const inner = childrenOf(expr).flatMap(literalIssues)
  if (expr.kind !== 'call') return inner
  const argument = expr.args[expr.name === 'matches' && !expr.target ? 1 : 0]
  const isFine = LITERALS[expr.name]
  const text = argument?.kind === 'literal' && typeof argument.value === 'string' ? argument.value : undefined
  if (!argument || !isFine || text === undefined || isFine(text)) return inner
  return [...inner, { at: argument.at, text: `invalid ${expr.name} argument` }]
}
