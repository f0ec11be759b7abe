/**
 * What is wrong with the rules of a schema when its definition is written: they must compile and may not cost too much.
 * Models apiextensions-apiserver/pkg/apis/apiextensions/validation/{validation,cel_validation}.go.
 */
import { estimateCost } from '../cel/estimate.js'
import { UNBOUNDED } from '../cel/functions/declare.js'
import { gradually, type Parts } from '../cel/gradual.js'
import type { Checked } from '../cel/program.js'
import { FieldErrors } from '../objects/field-errors.js'
import { isObject } from '../objects/object.js'
import type { JsonSchema, ValidationRule } from './json-schema.js'
import { type CompiledRule, hasRules, type RuleSet, readRules } from './rules.js'

const RULE_LIMIT = 10_000_000
const DEFINITION_LIMIT = 100_000_000
const MAX_REQUEST_BYTES = 3 * 1024 * 1024
/** To estimate what a rule costs, in units of cost. */
const UNITS_A_RULE = 500
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

function tooExpensive(what: string, cost: number, limit: number): string {
  const factor = cost / limit
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`
}

const hasBreaks = (text: string): boolean => /[\n\r]/.test(text)

/** The form of a rule, before CEL looks at it. */
export function checkRuleForm(rule: ValidationRule, path: string, errors: FieldErrors): void {
  const text = rule.rule?.trim() ?? ''
  const message = rule.message?.trim() ?? ''
  if (!text) errors.required(`${path}.rule`, 'rule is not specified')
  else if (rule.message && !message) errors.invalid(`${path}.message`, rule.message, 'must be non-empty if specified')
  else if (hasBreaks(message)) errors.invalid(`${path}.message`, rule.message, 'must not contain line breaks')
  else if (hasBreaks(text) && !message)
    errors.required(`${path}.message`, 'message must be specified if rule contains line breaks')
  if (rule.messageExpression && !rule.messageExpression.trim())
    errors.required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified')
  if (rule.reason !== undefined && !REASONS.includes(rule.reason)) errors.notSupported(`${path}.reason`, rule.reason, REASONS)
  if (rule.fieldPath && !rule.fieldPath.trim())
    errors.invalid(`${path}.fieldPath`, rule.fieldPath, 'must be non-empty if specified')
  if (rule.fieldPath && hasBreaks(rule.fieldPath))
    errors.invalid(`${path}.fieldPath`, rule.fieldPath, 'must not contain line breaks')
}

const PATH_STEP = /^(?:\.([a-zA-Z_]\w*)|\['((?:\\.|[^'\\])*)'\])/

/** Whether a path such as `.spec['a.b']` leads to a field of the schema. */
export function isFieldPath(schema: JsonSchema, path: string): boolean {
  let at: JsonSchema | undefined = schema
  let rest = path
  while (rest) {
    const match = PATH_STEP.exec(rest)
    if (!match || !at) return false
    const name = match[1] ?? (match[2] ?? '').replace(/\\(.)/g, '$1')
    const properties: Record<string, JsonSchema> = at.properties ?? {}
    at = Object.hasOwn(properties, name)
      ? properties[name]
      : isObject(at.additionalProperties)
        ? (at.additionalProperties as JsonSchema)
        : undefined
    rest = rest.slice(match[0].length)
  }
  return at !== undefined
}

/** As upstream prints the whole rule. */
const shown = (rule: ValidationRule): object => ({
  Rule: rule.rule,
  Message: rule.message ?? '',
  MessageExpression: rule.messageExpression ?? '',
  Reason: rule.reason ?? null,
  FieldPath: rule.fieldPath ?? '',
  OptionalOldSelf: rule.optionalOldSelf ?? null,
})

interface Level {
  path: string
  /** How often the level can stand in one object; undefined where nothing bounds it. */
  count: number | undefined
  /** The nearest list above whose items cannot be told apart. */
  uncorrelated: string | undefined
  isResource: boolean
}

class RuleCheck {
  #total = 0
  readonly #expensive: { path: string; cost: number }[] = []
  constructor(readonly errors: FieldErrors) {}

  *visit(schema: JsonSchema, level: Level): Parts<void> {
    if (!hasRules(schema)) return
    for (const [name, inner] of Object.entries(schema.properties ?? {}))
      yield* this.#down(schema, inner, level, `properties[${name}]`)
    if (schema.items) yield* this.#down(schema, schema.items, level, 'items')
    if (isObject(schema.additionalProperties))
      yield* this.#down(schema, schema.additionalProperties as JsonSchema, level, 'additionalProperties')
    const set = yield* readRules(schema, level.isResource)
    if (set) yield* this.#check(set, level)
  }

  finish(path: string): void {
    if (this.#total <= DEFINITION_LIMIT) return
    const worst = this.#expensive
      .filter(({ cost }) => cost >= DEFINITION_LIMIT / 100)
      .sort((left, right) => right.cost - left.cost)
    for (const each of worst.slice(0, 4))
      this.errors.forbidden(
        each.path,
        'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      )
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
    this.errors.forbidden(path, tooExpensive(what, this.#total, DEFINITION_LIMIT))
  }

  #down(schema: JsonSchema, inner: JsonSchema, { path, count, uncorrelated }: Level, step: string): Parts<void> {
    const most = mostElements(schema)
    const isOpaqueList = schema.type === 'array' && schema['x-kubernetes-list-type'] !== 'map'
    const isOpaqueMap = schema['x-kubernetes-map-type'] === 'atomic'
    return this.visit(inner, {
      path: `${path}.${step}`,
      count: count === undefined || most === undefined ? undefined : Math.min(UNBOUNDED, count * most),
      uncorrelated: uncorrelated ?? (isOpaqueList || isOpaqueMap ? path : undefined),
      isResource: false,
    })
  }

  #spend(path: string, cost: number): void {
    this.#total = Math.min(UNBOUNDED, this.#total + cost)
    this.#expensive.push({ path, cost })
  }

  *#check(set: RuleSet, level: Level): Parts<void> {
    for (const [index, each] of set.rules.entries()) {
      this.#checkRule(set, each, { ...level, path: `${level.path}.x-kubernetes-validations[${index}]` })
      yield UNITS_A_RULE
    }
  }

  #cost(set: RuleSet, checked: Checked): number {
    return estimateCost(
      checked,
      new Map([
        ['self', set.type],
        ['oldSelf', set.type],
      ]),
    )
  }

  #checkRule(set: RuleSet, each: CompiledRule, { path, count, uncorrelated }: Level): void {
    const { errors } = this
    const { rule, checked, message } = each
    if (checked) {
      const times = count ?? Math.floor(MAX_REQUEST_BYTES / ((set.type.leastBytes ?? 0) + 1))
      const cost = Math.min(UNBOUNDED, this.#cost(set, checked) * times)
      if (cost > RULE_LIMIT) errors.forbidden(`${path}.rule`, tooExpensive('estimated rule cost', cost, RULE_LIMIT))
      this.#spend(`${path}.rule`, cost)
    }
    if (each.problem) errors.invalid(`${path}.rule`, shown(rule), each.problem)
    if (each.messageProblem) errors.invalid(`${path}.messageExpression`, shown(rule), each.messageProblem)
    if (message) {
      const cost = this.#cost(set, message)
      if (cost > RULE_LIMIT)
        errors.forbidden(`${path}.messageExpression`, tooExpensive('estimated messageExpression cost', cost, RULE_LIMIT))
      this.#spend(`${path}.messageExpression`, cost)
    }
    if (each.usesOld && uncorrelated !== undefined)
      errors.invalid(
        `${path}.rule`,
        rule.rule,
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`,
      )
    else if (!each.usesOld && rule.optionalOldSelf !== undefined && checked)
      errors.invalid(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')
  }
}

function mostElements(schema: JsonSchema): number | undefined {
  if (schema.type === 'array') return schema.maxItems
  return isObject(schema.additionalProperties) ? schema.maxProperties : 1
}

function* problemsOf(schema: JsonSchema, path: string): Parts<FieldErrors['list']> {
  const errors = new FieldErrors()
  const check = new RuleCheck(errors)
  yield* check.visit(schema, { path, count: 1, uncorrelated: undefined, isResource: true })
  check.finish(path)
  return errors.list
}

/** Adds every problem of the rules of a schema that is right otherwise. @throws Rest */
export function checkRuleExpressions(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const found = gradually(
    () => [schema, path],
    () => problemsOf(schema, path),
  )
  errors.list.push(...found)
}
