/**
 * `x-kubernetes-validations`: rules in CEL, within upstream's budgets.
 * Models apiextensions-apiserver/pkg/apiserver/schema/cel/{compilation,validation}.go.
 */
import { CostLimitError } from '../cel/effort.js'
import { atOnce, gradually, type Parts } from '../cel/gradual.js'
import { evaluating } from '../cel/pieces.js'
import { type Checked, CompileError, Environment } from '../cel/program.js'
import { Series } from '../cel/series.js'
import { type CelType, optionalOf } from '../cel/types.js'
import { EvaluationError, Optional, type Value } from '../cel/values.js'
import type { FieldErrors } from '../objects/field-errors.js'
import { FieldErrors as Collector } from '../objects/field-errors.js'
import { isObject, type Json, type JsonObject, sameJson } from '../objects/object.js'
import { counterpart, type JsonSchema, propertyOf, type ValidationRule } from './json-schema.js'
import { celValueOf, typeOf, withIdentity } from './schema-types.js'

/** Of all rules of one request together. @see apiserver/pkg/apis/cel/config.go: RuntimeCELCostBudget */
const TOTAL_BUDGET = 10_000_000
/** Characters of a message that an expression makes. @see MaxEvaluatedMessageExpressionSizeBytes */
const LONGEST_MESSAGE = 5 * 1024

export interface CompiledRule {
  rule: ValidationRule
  /** Undefined where the rule cannot be read. */
  checked?: Checked
  problem?: string
  message?: Checked
  messageProblem?: string
  usesOld: boolean
}

export interface RuleSet {
  type: CelType
  rules: CompiledRule[]
  schema: JsonSchema
}

function attempt(environment: Environment, source: string, wanted: 'bool' | 'string'): { checked?: Checked; problem?: string } {
  try {
    const checked = environment.compile(source)
    if (checked.type.kind === wanted) return { checked }
    return {
      problem: wanted === 'bool' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string',
    }
  } catch (error) {
    if (error instanceof CompileError)
      return { problem: `${wanted === 'bool' ? '' : 'messageExpression '}compilation failed: ${error.message}` }
    throw error
  }
}

function compileRule(rule: ValidationRule, type: CelType): CompiledRule {
  const old = rule.optionalOldSelf ? optionalOf(type) : type
  const environment = new Environment([
    ['self', type],
    ['oldSelf', old],
  ])
  const { checked, problem } = attempt(environment, rule.rule, 'bool')
  const message = rule.messageExpression && checked ? attempt(environment, rule.messageExpression, 'string') : {}
  return {
    rule,
    usesOld: checked?.reads.has('oldSelf') === true,
    ...(checked ? { checked } : {}),
    ...(problem ? { problem } : {}),
    ...(message.checked ? { message: message.checked } : {}),
    ...(message.problem ? { messageProblem: message.problem } : {}),
  }
}

const compiled = new WeakMap<JsonSchema, RuleSet>()

/** Units of cost of one rule, and of each of its letters. */
const UNITS = { rule: 500, letter: 20 }

/** The rules of one level of a schema. @param isResource whether it is the root of a resource, where identity is seen too */
export function* readRules(schema: JsonSchema, isResource: boolean): Parts<RuleSet | undefined> {
  const known = compiled.get(schema)
  if (known) return known
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return undefined
  const whole = isResource || schema['x-kubernetes-embedded-resource'] ? withIdentity(schema) : schema
  const type = typeOf(whole, 'selfType')
  if (!type) return undefined
  const set: RuleSet = { type, schema: whole, rules: [] }
  for (const rule of rules) {
    if (!rule.rule?.trim()) continue
    set.rules.push(compileRule(rule, type))
    yield UNITS.rule + rule.rule.length * UNITS.letter
  }
  compiled.set(schema, set)
  return set
}

const rulesOf = (schema: JsonSchema, isResource: boolean): RuleSet | undefined => atOnce(readRules(schema, isResource))

const allRead = new WeakSet<JsonSchema>()

/** Reads the rules of all levels. */
function* readAllRules(schema: JsonSchema): Parts<true> {
  const waiting = allRead.has(schema) ? [] : [schema]
  for (let level = waiting.pop(); level; level = waiting.pop()) {
    if (!hasRules(level)) continue
    yield* readRules(level, level === schema)
    waiting.push(...levelsBelow(level))
  }
  allRead.add(schema)
  return true
}

interface Place {
  path: string
  value: Json
  /** What stood there before, where it can be told. */
  old: Json | undefined
  /** Whether the nearest place that can be compared is as it was. */
  isUnchanged: boolean
}

class RuleWalk {
  #budget = TOTAL_BUDGET
  constructor(
    readonly errors: FieldErrors,
    /** Told instead of refused where nothing changed. */
    readonly warnings: string[],
    readonly series: Series,
  ) {}

  visit(schema: JsonSchema, place: Place, isResource = false): void {
    if (!hasRules(schema) || place.value === null) return
    const set = rulesOf(schema, isResource)
    if (set) this.#judge(set, place)
    const { value } = place
    if (Array.isArray(value)) this.#visitItems(schema, value, place)
    else if (isObject(value)) this.#visitFields(schema, value, place)
  }

  #visitItems(schema: JsonSchema, items: Json[], { path, old, isUnchanged }: Place): void {
    const isSame = isUnchanged || sameJson(items, old)
    for (const [index, item] of items.entries()) {
      if (!schema.items || this.#budget < 0) return
      const before = counterpart(schema, old, item)
      const place = { path: `${path}[${index}]`, value: item, old: before }
      this.visit(schema.items, { ...place, isUnchanged: before === undefined ? isSame : isUnchanged })
    }
  }

  #visitFields(schema: JsonSchema, value: JsonObject, { path, old, isUnchanged }: Place): void {
    const before = isObject(old) && schema['x-kubernetes-map-type'] !== 'atomic' ? old : undefined
    for (const [name, item] of Object.entries(value)) {
      const inner = propertyOf(schema, name)
      if (!inner || item === undefined || this.#budget < 0) continue
      const isKey = !(schema.properties && Object.hasOwn(schema.properties, name))
      const at = isKey ? `${path}[${name}]` : path ? `${path}.${name}` : name
      this.visit(inner, { path: at, value: item, old: before?.[name], isUnchanged })
    }
  }

  #judge({ rules, schema }: RuleSet, place: Place): void {
    const type = schema.type ?? ''
    const at = place.path || '<nil>'
    if (this.#budget <= 0) {
      this.errors.invalid(
        at,
        type,
        'validation failed due to running out of cost budget, no further validation rules will be run',
      )
      this.#budget = -1
      return
    }
    const self = celValueOf(schema, place.value)
    const before = place.old === undefined || place.old === null ? undefined : celValueOf(schema, place.old)
    for (const each of rules) {
      if (this.#budget < 0) return
      if (!each.checked) this.errors.invalid(at, type, `rule compile error: ${each.problem}`)
      else if (!each.usesOld || before !== undefined || each.rule.optionalOldSelf)
        this.#run(each, each.checked, { place, type, variables: variablesFor(each.rule, self, before) })
    }
  }

  #run(
    each: CompiledRule,
    checked: Checked,
    { place, type, variables }: { place: Place; type: string; variables: (name: string) => Value | undefined },
  ): void {
    const at = place.path || '<nil>'
    const said = each.rule.message?.trim() || each.rule.rule.trim()
    try {
      const { value, cost } = this.series.evaluate(checked, variables)
      this.#budget -= cost
      if (this.#budget < 0)
        this.errors.invalid(
          at,
          type,
          'validation failed due to running out of cost budget, no further validation rules will be run',
        )
      else if (value !== true) this.#report(each, place, variables)
    } catch (error) {
      if (error instanceof CostLimitError) {
        this.errors.invalid(
          at,
          type,
          `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${said}`,
        )
        this.#budget = -1
      } else if (error instanceof EvaluationError && error.message.startsWith('no such overload'))
        this.errors.invalid(
          at,
          type,
          `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${said}`,
        )
      else if (error instanceof EvaluationError) this.errors.invalid(at, type, `${error.message} evaluating rule: ${said}`)
      else throw error
    }
  }

  #report(each: CompiledRule, { path, value, old, isUnchanged }: Place, variables: (name: string) => Value | undefined): void {
    const { rule } = each
    const detail = this.#messageOf(each, variables) ?? (rule.message?.trim() || `failed rule: ${rule.rule.trim()}`)
    const suffix = rule.fieldPath ?? ''
    const at = path ? `${path}${suffix}` : suffix.replace(/^\./, '') || '<nil>'
    const same = isUnchanged || (old !== undefined && sameJson(value, old))
    const errors = same && !each.usesOld ? new Collector() : this.errors
    if (rule.reason === 'FieldValueForbidden') errors.forbidden(at, detail)
    else if (rule.reason === 'FieldValueRequired') errors.required(at, detail)
    else if (rule.reason === 'FieldValueDuplicate') errors.duplicate(at, typeof value === 'object' ? undefined : value)
    else if (typeof value === 'object') errors.invalidWithoutValue(at, detail)
    else errors.invalid(at, value, detail)
    if (errors !== this.errors) this.warnings.push(...errors.list.map(({ field, body }) => `${field}: ${body}`))
  }

  #messageOf({ message }: CompiledRule, variables: (name: string) => Value | undefined): string | undefined {
    if (!message) return undefined
    try {
      const { value, cost } = this.series.evaluate(message, variables)
      this.#budget -= cost
      const text = typeof value === 'string' ? value.trim() : ''
      return text && text.length <= LONGEST_MESSAGE && !text.includes('\n') ? text : undefined
    } catch (error) {
      // The fixed message takes its place, as upstream does.
      if (error instanceof EvaluationError || error instanceof CostLimitError) return undefined
      throw error
    }
  }
}

const variablesFor =
  (rule: ValidationRule, self: Value, old: Value | undefined) =>
  (name: string): Value | undefined => {
    if (name === 'self') return self
    if (name !== 'oldSelf') return undefined
    if (!rule.optionalOldSelf) return old
    return old === undefined ? Optional.none : Optional.of(old)
  }

/** The root shows of its metadata the names alone. */
function root(value: Json): Json {
  const { metadata, ...rest } = value as JsonObject
  const { name, generateName } = isObject(metadata) ? metadata : ({} as JsonObject)
  return {
    ...rest,
    metadata: { ...(name === undefined ? {} : { name }), ...(generateName === undefined ? {} : { generateName }) },
  }
}

const withRules = new WeakMap<JsonSchema, boolean>()

const levelsBelow = ({ properties = {}, items, additionalProperties }: JsonSchema): JsonSchema[] =>
  [...Object.values(properties), items, additionalProperties].filter((each): each is JsonSchema => isObject(each))

/** Whether any level of the schema has rules. */
export function hasRules(schema: JsonSchema): boolean {
  const known = withRules.get(schema)
  if (known !== undefined) return known
  const found = Boolean(schema['x-kubernetes-validations']?.length) || levelsBelow(schema).some(hasRules)
  withRules.set(schema, found)
  return found
}

/** Runs every rule of the schema; those that look back only where there is an earlier object. @throws Rest */
export function checkRules(
  schema: JsonSchema,
  { value, old }: { value: Json; old?: Json | undefined },
  { errors, warnings }: { errors: FieldErrors; warnings: string[] },
): void {
  if (!hasRules(schema)) return
  const before = old === undefined ? undefined : root(old)
  const place = { path: '', value: root(value), old: before, isUnchanged: false }
  gradually(
    () => [schema],
    () => readAllRules(schema),
  )
  const series = evaluating(
    () => [schema, place.value, before],
    () => new Series(),
  )
  new RuleWalk(errors, warnings, series).visit(schema, place, true)
}
