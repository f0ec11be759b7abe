/** The expressions of one policy: compiled once, evaluated within a budget. Models apiserver/pkg/admission/plugin/cel/{activation,composition}.go. */
import { CostLimitError } from '../../cel/effort.js'
import { Evaluation } from '../../cel/evaluate.js'
import { evaluating } from '../../cel/pieces.js'
import { type Checked, CompileError, type Environment } from '../../cel/program.js'
import { Series } from '../../cel/series.js'
import { type CelType, DYN, formatType } from '../../cel/types.js'
import { EvaluationError, FieldMap, type Value } from '../../cel/values.js'
import type { MatchCondition, Mutation, Variable } from '../../schema/kubernetes.generated.js'
import { type EnvironmentNeeds, environmentFor } from './environment.js'
import type { ReviewVariables } from './variables.js'

/** @see apiserver/pkg/apis/cel/config.go: RuntimeCELCostBudget, RuntimeCELCostBudgetMatchConditions */
export const POLICY_BUDGET = 10_000_000
export const CONDITION_BUDGET = 2_500_000

/** Nothing more can be evaluated; the text is upstream's. */
export class OutOfBudget extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run')
  }
}

/** An expression that failed, with upstream's sentence. */
export class ExpressionError extends Error {}

export type Compiled = { checked: Checked } | { problem: string }

const returnName = (type: CelType): string => (type.kind === 'null' ? 'null_type' : formatType(type))

/** @param wanted the types that the result may have, as cel-go prints them; none means any */
export function compile(environment: Environment, text: string, wanted: readonly string[]): Compiled {
  try {
    const checked = environment.compile(text)
    const found = returnName(checked.type)
    if (wanted.length === 0 || wanted.includes(found)) return { checked }
    const what = wanted.length === 1 ? wanted[0] : `one of [${wanted.join(' ')}]`
    return { problem: `must evaluate to ${what} but got ${found}` }
  } catch (error) {
    if (error instanceof CompileError) return { problem: `compilation failed: ${error.message}` }
    throw error
  }
}

/** What a policy declares for all of its expressions. */
export interface PolicyScope {
  hasParams: boolean
  variables: Variable[]
  types?: EnvironmentNeeds['types']
}

/** The variables with their types, in order: each may use those before it. */
export class PolicyExpressions {
  readonly variables = new Map<string, Compiled>()
  readonly #types: Record<string, CelType> = {}
  readonly #environments = new Map<string, Environment>()
  constructor(readonly scope: PolicyScope) {
    for (const { name, expression } of scope.variables) {
      const compiled = compile(this.environment({ authorizer: true }), expression ?? '', [])
      this.variables.set(name, compiled)
      this.#types[name] = 'checked' in compiled ? declared(compiled.checked.type) : DYN
      this.#environments.clear()
    }
  }

  environment({ authorizer = false, patches = false }: { authorizer?: boolean; patches?: boolean }): Environment {
    const key = `${authorizer} ${patches}`
    const { hasParams, variables, types } = this.scope
    const known = this.#environments.get(key)
    if (known) return known
    const made = environmentFor({
      params: hasParams,
      authorizer,
      patches,
      ...(variables.length ? { variables: { ...this.#types } } : {}),
      ...(types ? { types } : {}),
    })
    this.#environments.set(key, made)
    return made
  }
}

const KEPT = new Set(['bool', 'bytes', 'double', 'duration', 'int', 'null', 'string', 'timestamp', 'uint'])

/** A variable keeps plain types, lists and maps; all else is only known when it runs. */
function declared(type: CelType): CelType {
  if (type.kind === 'list') return { ...type, item: declared(type.item) }
  if (type.kind === 'map') return { ...type, key: declared(type.key), value: declared(type.value) }
  return KEPT.has(type.kind) ? type : DYN
}

/** Match conditions see no variables. */
export const compileConditions = (conditions: MatchCondition[], hasParams: boolean): Compiled[] => {
  if (conditions.length === 0) return []
  const environment = environmentFor({ params: hasParams, authorizer: true })
  return conditions.map(({ expression }) => compile(environment, expression.trim(), ['bool']))
}

interface PolicySpec {
  paramKind?: object | undefined
  variables?: Variable[] | undefined
  matchConditions?: MatchCondition[] | undefined
}

/** What the programs of both kinds of policies begin with. */
export function commonProgram({ paramKind, variables = [], matchConditions = [] }: PolicySpec) {
  const hasParams = paramKind !== undefined
  return {
    expressions: new PolicyExpressions({ hasParams, variables }),
    conditions: compileConditions(matchConditions, hasParams),
  }
}

/** Makes a program once for each policy, as long as the policy is known. */
export function programCache<Policy extends object, Program>(make: (policy: Policy) => Program): (policy: Policy) => Program {
  const programs = new WeakMap<Policy, Program>()
  return (policy) => {
    const program = programs.get(policy) ?? make(policy)
    programs.set(policy, program)
    return program
  }
}

/** Evaluates expressions on one review; all of them pay from one budget. */
export class PolicyRun {
  #budget: number
  readonly #composed: Value
  readonly #series = new Series()
  /** What was left of the budget after each expression. */
  readonly #left: number[] = []
  readonly #variables = new Map<string, Evaluation>()
  constructor(
    readonly expressions: Pick<PolicyExpressions, 'variables'>,
    readonly review: ReviewVariables,
    budget: number,
  ) {
    this.#budget = budget
    this.#composed = new FieldMap('kubernetes.variables', [...expressions.variables.keys()], (name) => this.#variable(name))
  }

  /** @param of tells the run apart from others on the same review */
  static begin(expressions: Pick<PolicyExpressions, 'variables'>, review: ReviewVariables, of: PolicyBudget): PolicyRun {
    return evaluating(
      () => [of.program, of.part, ...review.inputs()],
      () => new PolicyRun(expressions, review, of.budget),
    )
  }

  rewind(): void {
    this.#series.rewind()
  }

  readonly #lookup = (name: string): Value | undefined => (name === 'variables' ? this.#composed : this.review.get(name))

  #variable(name: string): Value | undefined {
    const compiled = this.expressions.variables.get(name)
    if (!compiled) return undefined
    if ('problem' in compiled)
      throw new EvaluationError(`composited variable ${JSON.stringify(name)} fails to compile: ${compiled.problem}`)
    const evaluation = this.#variables.get(name) ?? new Evaluation(compiled.checked, this.#lookup)
    this.#variables.set(name, evaluation)
    try {
      const { value, cost } = evaluation.run()
      this.#budget -= cost
      if (this.#budget < 0) throw new OutOfBudget()
      return value
    } catch (error) {
      if (error instanceof EvaluationError)
        throw new EvaluationError(`composited variable ${JSON.stringify(name)} fails to evaluate: ${error.message}`)
      throw error
    }
  }

  /** One that is done when the request begins anew pays no second time. */
  #pay(checked: Checked): Value {
    const index = this.#series.place
    const { value, cost } = this.#series.evaluate(checked, this.#lookup)
    if (this.#left[index] === undefined) {
      this.#budget -= cost
      this.#left[index] = this.#budget
    }
    if (this.#left[index] < 0) throw new OutOfBudget()
    return value
  }

  /** @throws ExpressionError, OutOfBudget, and Rest where the piece is over */
  evaluate(compiled: Compiled): Value {
    if ('problem' in compiled) throw new ExpressionError(`compilation error: ${compiled.problem}`)
    try {
      return this.#pay(compiled.checked)
    } catch (error) {
      if (error instanceof EvaluationError || error instanceof CostLimitError)
        throw new ExpressionError(`expression '${compiled.checked.source}' resulted in error: ${error.message}`)
      throw error
    }
  }
}

export interface PolicyBudget {
  budget: number
  program: object
  /** What of the program is evaluated. */
  part: string | number
}

/** Whether every condition holds. @throws ExpressionError where one cannot be evaluated and none is false */
export function conditionsHold(conditions: readonly Compiled[], review: ReviewVariables): boolean {
  if (conditions.length === 0) return true
  const of = { budget: CONDITION_BUDGET, program: conditions, part: 'conditions' }
  const run = PolicyRun.begin({ variables: new Map() }, review, of)
  const problems: string[] = []
  for (const condition of conditions) {
    try {
      if (run.evaluate(condition) !== true) return false
    } catch (error) {
      if (error instanceof ExpressionError) problems.push(error.message)
      else throw error
    }
  }
  if (problems.length === 0) return true
  throw new ExpressionError(problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`)
}

/** The result that a mutation's expression must have. */
export const patchResult = ({ patchType }: Mutation): string[] => [patchType === 'JSONPatch' ? 'list(JSONPatch)' : 'Object']

export const patchText = ({ patchType, jsonPatch, applyConfiguration }: Mutation): string =>
  ((patchType === 'JSONPatch' ? jsonPatch?.expression : applyConfiguration?.expression) ?? '').trim()
