/**
 * `x-kubernetes-validations`: rules in CEL, within a budget. Every look at a list or an object costs one; whoever spends the budget
 * is stopped, so that no rule can hold the process. @see apiextensions-apiserver/pkg/apiserver/schema/cel
 */
import { Environment } from '@marcbachmann/cel-js'
import type { FieldErrors } from '../objects/field-errors.js'
import { isObject, type Json, type JsonObject } from '../objects/object.js'
import { type JsonSchema, propertyOf, type ValidationRule } from './json-schema.js'
import { safePattern } from './pattern.js'

/** Upstream's limit of one call, in its own units; ours are of like size. */
const CALL_BUDGET = 1_000_000
/** Of all rules of one request together. */
const TOTAL_BUDGET = 10_000_000
const DEEPEST_LOOPS = 3
const LONGEST_LITERAL = 50

class BudgetError extends Error {}

interface Budget {
  call: number
  total: number
}

function spend(budget: Budget): void {
  if (--budget.call < 0 || --budget.total < 0) throw new BudgetError('operation cancelled: actual cost limit exceeded')
}

type Run = (context: Record<string, unknown>) => unknown

/** `.matches(` outside of strings becomes our own, which takes no more time than the text is long. */
function withSafeMatches(rule: string): string {
  let result = ''
  let quote = ''
  for (let index = 0; index < rule.length; index++) {
    const letter = rule[index] ?? ''
    if (quote && letter === '\\') {
      result += letter + (rule[++index] ?? '')
      continue
    }
    if (letter === quote) quote = ''
    else if (!quote && (letter === '"' || letter === "'")) quote = letter
    const isCall = !quote && rule.startsWith('.matches(', index)
    if (isCall) index += '.matches('.length - 1
    result += isCall ? '.re2Matches(' : letter
  }
  return result
}

const environment = new Environment({
  unlistedVariablesAreDyn: false,
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 5000, maxDepth: 100, maxListElements: LONGEST_LITERAL, maxMapEntries: LONGEST_LITERAL },
})
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn')
  .registerFunction('string.re2Matches(string): bool', (text: string, pattern: string) => safePattern(pattern)(text))
  .registerFunction('list.isSorted(): bool', (list: unknown[]) =>
    list.every((item, index) => index === 0 || !less(item, list[index - 1])),
  )
  .registerFunction('list.sum(): dyn', (list: (bigint | number)[]) =>
    list.reduce((sum, item) => (sum as never) + (item as never), typeof list[0] === 'number' ? 0 : 0n),
  )
  .registerFunction('list.min(): dyn', (list: unknown[]) => list.reduce((best, item) => (less(item, best) ? item : best)))
  .registerFunction('list.max(): dyn', (list: unknown[]) => list.reduce((best, item) => (less(best, item) ? item : best)))
  .registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.indexOf(item)))
  .registerFunction('isURL(string): bool', (text: string) => URL.canParse(text))

const less = (left: unknown, right: unknown): boolean => (left as number) < (right as number)

const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

/** How deep loops stand in each other. */
function loopDepth(node: unknown): number {
  if (Array.isArray(node)) return Math.max(0, ...node.map(loopDepth))
  if (typeof node !== 'object' || node === null || !('op' in node)) return 0
  const { op, args } = node as { op: string; args: unknown }
  const isLoop = op === 'rcall' && Array.isArray(args) && LOOPS.has(String(args[0]))
  return loopDepth(args) + (isLoop ? 1 : 0)
}

const compiled = new Map<string, Run>()
const MOST_KEPT = 1000

/** @throws Error where the rule cannot be read or loops too deep */
function compile(rule: string): Run {
  const known = compiled.get(rule)
  if (known) return known
  const program = environment.parse(withSafeMatches(rule))
  const { valid, error } = program.check() as { valid: boolean; error?: Error }
  if (!valid) throw error ?? new Error('the rule does not type-check')
  if (loopDepth(program.ast) > DEEPEST_LOOPS)
    throw new Error(
      'estimated rule cost exceeds budget (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
    )
  if (compiled.size >= MOST_KEPT) compiled.clear()
  compiled.set(rule, program)
  return program
}

/** What is wrong with a rule; undefined where it can be used. */
export function ruleProblem(rule: string): string | undefined {
  try {
    compile(rule)
    return undefined
  } catch (error) {
    return `compilation failed: ERROR: ${error instanceof Error ? error.message : String(error)}`
  }
}

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
)

/** A field's name as CEL can say it. @see apiserver/pkg/cel/escaping.go */
function escaped(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__')
}

/** The value as CEL sees it: whole numbers are integers, times are times. */
function toCel(schema: JsonSchema | undefined, value: Json): unknown {
  if (Array.isArray(value)) return value.map((item) => toCel(schema?.items, item))
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        schema?.properties?.[name] ? escaped(name) : name,
        toCel(propertyOf(schema, name), item ?? null),
      ]),
    )
  if (typeof value === 'number' && schema?.type !== 'number' && Number.isInteger(value)) return BigInt(value)
  if (typeof value === 'string' && (schema?.format === 'date-time' || schema?.format === 'date')) return new Date(value)
  return value
}

/** Counts every look into the value. */
function counted(value: unknown, budget: Budget): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return new Proxy(value, {
    get(target, name) {
      spend(budget)
      const found = Reflect.get(target, name) as unknown
      return typeof found === 'function' ? found : counted(found, budget)
    },
  })
}

interface Walk {
  errors: FieldErrors
  budget: Budget
  /** The rules that look back, or those that do not. */
  transitions: boolean
}

const usesOld = ({ rule }: ValidationRule): boolean => /\boldSelf\b/.test(rule)

function textOf(rule: ValidationRule, context: Record<string, unknown>): string {
  if (rule.messageExpression) {
    try {
      const text = compile(rule.messageExpression)(context)
      if (typeof text === 'string' && text.trim()) return text
    } catch {
      // Falls through to the fixed message, as upstream does.
    }
  }
  return rule.message?.trim() || `failed rule: ${rule.rule.trim()}`
}

function report(rule: ValidationRule, detail: string, { path, value }: { path: string; value: Json }, errors: FieldErrors): void {
  const at = `${path || (rule.fieldPath ? '' : '<nil>')}${path ? (rule.fieldPath ?? '') : (rule.fieldPath ?? '').replace(/^\./, '')}`
  if (rule.reason === 'FieldValueForbidden') errors.forbidden(at, detail)
  else if (rule.reason === 'FieldValueRequired') errors.required(at, detail)
  else if (rule.reason === 'FieldValueDuplicate') errors.duplicate(at, value)
  else if (typeof value === 'object') errors.invalidWithoutValue(at, detail)
  else errors.invalid(at, value, detail)
}

function judge(schema: JsonSchema, place: { path: string; value: Json; old?: Json | undefined }, walk: Walk): void {
  const { budget, errors } = walk
  const { path, value, old } = place
  for (const rule of schema['x-kubernetes-validations'] ?? []) {
    if (usesOld(rule) !== walk.transitions || budget.total < 0) continue
    budget.call = CALL_BUDGET
    const context = { self: counted(toCel(schema, value), budget), oldSelf: counted(toCel(schema, old ?? null), budget) }
    const said = rule.message?.trim() || rule.rule.trim()
    try {
      if (compile(rule.rule)(context) !== true) report(rule, textOf(rule, context), { path, value }, errors)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const text =
        budget.call < 0 || budget.total < 0
          ? `'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${said}`
          : `${why.split('\n')[0]?.replace(/^No such key/, 'no such key')} evaluating rule: ${said}`
      errors.invalidWithoutValue(path || '<nil>', text)
      if (budget.call < 0) budget.total = -1
    }
  }
}

function visit(schema: JsonSchema, place: { path: string; value: Json; old?: Json | undefined }, walk: Walk): void {
  const { path, value, old } = place
  if (!(walk.transitions && old === undefined)) judge(schema, place, walk)
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      if (schema.items) visit(schema.items, { path: `${path}[${index}]`, value: item, old: counterpart(schema, old, item) }, walk)
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const inner = propertyOf(schema, name)
      if (!inner || item === undefined) continue
      visit(inner, { path: path ? `${path}.${name}` : name, value: item, old: isObject(old) ? old[name] : undefined }, walk)
    }
  }
}

/** The earlier form of an item of a list that is a map by keys; other lists cannot be compared item by item. */
function counterpart(schema: JsonSchema, old: Json | undefined, item: Json): Json | undefined {
  const keys = schema['x-kubernetes-list-map-keys']
  if (!keys || !Array.isArray(old) || !isObject(item)) return undefined
  return old.find((each) => isObject(each) && keys.every((key) => each[key] === item[key]))
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

const hasRules = new WeakMap<JsonSchema, boolean>()

function anyRules(schema: JsonSchema): boolean {
  const known = hasRules.get(schema)
  if (known !== undefined) return known
  const inner = [
    ...Object.values(schema.properties ?? {}),
    schema.items,
    isObject(schema.additionalProperties) ? schema.additionalProperties : undefined,
  ]
  const found =
    Boolean(schema['x-kubernetes-validations']?.length) ||
    inner.some((each) => each !== undefined && anyRules(each as JsonSchema))
  hasRules.set(schema, found)
  return found
}

/** Runs the rules that look at the object alone. */
export function checkRules(schema: JsonSchema, value: Json, errors: FieldErrors): void {
  if (!anyRules(schema)) return
  visit(
    schema,
    { path: '', value: root(value) },
    { errors, transitions: false, budget: { call: CALL_BUDGET, total: TOTAL_BUDGET } },
  )
}

/** Runs the rules that compare with the object as it was. */
export function checkTransitions(schema: JsonSchema, value: Json, old: Json, errors: FieldErrors): void {
  if (!anyRules(schema)) return
  const budget = { call: CALL_BUDGET, total: TOTAL_BUDGET }
  visit(schema, { path: '', value: root(value), old: root(old) }, { errors, transitions: true, budget })
}
