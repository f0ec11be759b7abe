/** Gives every expression its type, or says what does not fit. Models cel-go checker/checker.go, with its texts. */
import type { FunctionTable, Overload } from './functions/declare.js'
import { literalType, parametersIn, TYPE_NAMES } from './known-types.js'
import { CompileError, type Expr, type ExprOf, type Issue, qualifiedName } from './syntax.js'
import {
  assignable,
  type Bindings,
  BOOL,
  type CelType,
  DYN,
  ERROR,
  formatType,
  INT,
  isDynOrError,
  listOf,
  mapOf,
  mostGeneral,
  optionalOf,
  sameType,
  substitute,
} from './types.js'

export interface Declarations {
  /** By name; a name may have dots. */
  variables: ReadonlyMap<string, CelType>
  functions: FunctionTable
  /** Types that `Name{...}` can make; a field's type, or undefined where there is no such field. */
  structs?: (name: string) => ((field: string) => CelType | undefined) | undefined
}

export interface Checked {
  expr: Expr
  type: CelType
  types: ReadonlyMap<Expr, CelType>
  overloads: ReadonlyMap<Expr, readonly Overload[]>
  /** Names of the variables that it reads. */
  reads: ReadonlySet<string>
  source: string
}

interface Scope {
  names: ReadonlyMap<string, CelType>
  outer?: Scope
}

function find(scope: Scope | undefined, name: string): CelType | undefined {
  for (let at = scope; at; at = at.outer) {
    const found = at.names.get(name)
    if (found) return found
  }
  return undefined
}

class Checker {
  readonly issues: Issue[] = []
  readonly types = new Map<Expr, CelType>()
  readonly overloads = new Map<Expr, readonly Overload[]>()
  readonly reads = new Set<string>()
  #bindings: Bindings = new Map()
  #free = 0
  #scope: Scope | undefined
  constructor(readonly declarations: Declarations) {}

  check(expr: Expr): CelType {
    const type = substitute(this.#bindings, this.#typeOf(expr))
    this.types.set(expr, type)
    return type
  }

  /** The types with all that was learned of them since. */
  finish(): void {
    for (const [expr, type] of this.types) this.types.set(expr, substitute(this.#bindings, type, true))
  }

  #report(at: number, text: string): CelType {
    this.issues.push({ at, text })
    return ERROR
  }

  #within<T>(names: [string, CelType][], work: () => T): T {
    const outer = this.#scope
    this.#scope = { names: new Map(names), ...(outer ? { outer } : {}) }
    const result = work()
    this.#scope = outer
    return result
  }

  #freshType(): CelType {
    return { kind: 'param', name: `_var${this.#free++}` }
  }

  #isAssignable(left: CelType[], right: CelType[]): boolean {
    const bindings = assignable(this.#bindings, left, right)
    if (bindings) this.#bindings = bindings
    return bindings !== undefined
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value)
      case 'ident':
        return this.#lookup(expr.name) ?? this.#undeclared(expr.at, expr.name)
      case 'select':
        return this.#qualified(expr) ?? this.#field(expr, this.check(expr.operand), expr.optional)
      case 'has':
        this.#field(expr, this.check(expr.operand), false)
        return BOOL
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        return this.#struct(expr)
      case 'loop':
        return this.#loop(expr)
      case 'bind': {
        const value = this.check(expr.value)
        return this.#within([[expr.name, value]], () => this.check(expr.result))
      }
      case 'optMap':
        return this.#optMap(expr)
    }
  }

  #undeclared(at: number, name: string): CelType {
    return this.#report(at, `undeclared reference to '${name.replace(/^\./, '')}' (in container '')`)
  }

  #lookup(name: string): CelType | undefined {
    const local = name.startsWith('.') ? undefined : find(this.#scope, name)
    if (local) return local
    const plain = name.replace(/^\./, '')
    const variable = this.declarations.variables.get(plain)
    if (variable) {
      this.reads.add(plain)
      return variable
    }
    const named = Object.hasOwn(TYPE_NAMES, plain) ? TYPE_NAMES[plain] : undefined
    return named && { kind: 'type', of: named }
  }

  /** A chain of names that is declared as a whole, such as `authorizer.requestResource`. */
  #qualified(expr: Expr): CelType | undefined {
    const name = qualifiedName(expr)
    if (!name || find(this.#scope, name.split('.')[0] ?? '')) return undefined
    return this.#lookup(name)
  }

  #field(expr: ExprOf<'select'> | ExprOf<'has'>, operand: CelType, optional: boolean): CelType {
    const isOptional = operand.kind === 'optional'
    const result = this.#fieldOf(expr, isOptional ? operand.of : operand)
    return isOptional || optional ? optionalOf(result) : result
  }

  #fieldOf({ at, field }: ExprOf<'select'> | ExprOf<'has'>, target: CelType): CelType {
    switch (target.kind) {
      case 'map':
        return target.value
      case 'object':
        return (
          (Object.hasOwn(target.fields, field) ? target.fields[field] : undefined) ??
          this.#report(at, `undefined field '${field}'`)
        )
      case 'opaque': {
        const struct = this.declarations.structs?.(target.name)
        return struct
          ? (struct(field) ?? this.#report(at, `undefined field '${field}'`))
          : this.#report(at, `unexpected failed resolution of '${target.name}'`)
      }
      case 'param':
        this.#isAssignable([DYN], [target])
        return DYN
      default:
        if (!isDynOrError(target)) this.#report(at, `type '${formatType(target)}' does not support field selection`)
        return DYN
    }
  }

  #call(expr: ExprOf<'call'>): CelType {
    const args = expr.args.map((each) => this.check(each))
    const { functions } = this.declarations
    const prefix = expr.target && qualifiedName(expr.target)
    const whole = prefix === undefined ? undefined : functions.get(`${prefix}.${expr.name}`)
    if (expr.target && !whole) {
      const target = this.check(expr.target)
      const candidates = functions.get(expr.name)
      return candidates ? this.#resolve(expr, candidates, [target, ...args]) : this.#undeclared(expr.at, expr.name)
    }
    const candidates = whole ?? functions.get(expr.name)
    if (!candidates) return this.#undeclared(expr.at, expr.name)
    if (expr.name === '_&&_' || expr.name === '_||_') return this.#logic(expr, args)
    return this.#resolve(expr, candidates, args, whole !== undefined)
  }

  #logic(expr: ExprOf<'call'>, args: CelType[]): CelType {
    let result = BOOL
    for (const [index, type] of args.entries())
      if (!this.#isAssignable([type], [BOOL])) result = this.#mismatch(expr.args[index]?.at ?? expr.at, BOOL, type)
    return result
  }

  #mismatch(at: number, expected: CelType, found: CelType): CelType {
    return this.#report(at, `expected type '${formatType(expected)}' but found '${formatType(found)}'`)
  }

  /** Every overload that fits; where their results differ, the type is only known when it runs. */
  #resolve(expr: ExprOf<'call'>, candidates: Overload[], args: CelType[], isWhole = false): CelType {
    const isMember = expr.target !== undefined && !isWhole
    const fitting: Overload[] = []
    let result: CelType | undefined
    for (const overload of candidates) {
      if (overload.member !== isMember) continue
      const fresh: Bindings = new Map()
      const wanted = overload.params.map((each) => this.#instantiate(fresh, each))
      if (!this.#isAssignable(args, wanted)) continue
      fitting.push(overload)
      const type = substitute(this.#bindings, this.#instantiate(fresh, overload.result))
      if (!result) result = type
      else if (result.kind !== 'dyn' && !sameType(type, result)) result = DYN
    }
    this.overloads.set(expr, fitting)
    return result ?? this.#noOverload(expr, args, isMember)
  }

  #noOverload(expr: ExprOf<'call'>, args: CelType[], isMember: boolean): CelType {
    const names = args.map((each) => formatType(substitute(this.#bindings, each, true)))
    const head = isMember ? `${names.shift()}.` : ''
    const prefix = expr.target && !isMember ? `${qualifiedName(expr.target)}.` : ''
    return this.#report(
      expr.at,
      `found no matching overload for '${prefix}${expr.name}' applied to '${head}(${names.join(', ')})'`,
    )
  }

  #instantiate(fresh: Bindings, type: CelType): CelType {
    for (const name of parametersIn(type)) if (!fresh.has(name)) fresh.set(name, this.#freshType())
    return substitute(fresh, type)
  }

  /** Elements of several types are checked later: some may stand in one list, as the arguments of a format. */
  #join(previous: CelType | undefined, current: CelType): CelType {
    if (!previous) return current
    if (this.#isAssignable([previous], [current])) return mostGeneral(previous, current)
    return DYN
  }

  #unwrapped(expr: Expr, optional: boolean): CelType {
    const type = this.check(expr)
    if (!optional) return type
    if (type.kind === 'optional') return type.of
    return isDynOrError(type) ? type : this.#mismatch(expr.at, optionalOf(type), type)
  }

  #list(expr: ExprOf<'list'>): CelType {
    let item: CelType | undefined
    for (const [index, each] of expr.items.entries()) item = this.#join(item, this.#unwrapped(each, expr.optional.has(index)))
    return listOf(item ?? this.#freshType())
  }

  #map(expr: ExprOf<'map'>): CelType {
    let key: CelType | undefined
    let value: CelType | undefined
    for (const entry of expr.entries) {
      key = this.#join(key, this.check(entry.key))
      value = this.#join(value, this.#unwrapped(entry.value, entry.optional))
    }
    return mapOf(key ?? this.#freshType(), value ?? this.#freshType())
  }

  #struct(expr: ExprOf<'struct'>): CelType {
    const fieldType = this.declarations.structs?.(expr.name)
    if (!fieldType) {
      for (const { value } of expr.fields) this.check(value)
      return this.#undeclared(expr.at, expr.name)
    }
    for (const field of expr.fields) {
      const found = this.#unwrapped(field.value, field.optional)
      const wanted = fieldType(field.name)
      if (!wanted) this.#report(field.at, `undefined field '${field.name}'`)
      else if (!this.#isAssignable([wanted], [found]))
        this.#report(
          field.at,
          `expected type of field '${field.name}' is '${formatType(wanted)}' but provided type is '${formatType(found)}'`,
        )
    }
    return { kind: 'opaque', name: expr.name }
  }

  /** The types of the one or two names of a loop. */
  #iterated(range: Expr, count: number): CelType[] {
    const type = substitute(this.#bindings, this.check(range))
    if (type.kind === 'list') return count === 2 ? [INT, type.item] : [type.item]
    if (type.kind === 'map') return [type.key, type.value]
    if (type.kind === 'param') this.#isAssignable([DYN], [type])
    else if (!isDynOrError(type)) {
      this.#report(
        range.at,
        `expression of type '${formatType(type)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      )
      return [ERROR, ERROR]
    }
    return [DYN, DYN]
  }

  #loop(expr: ExprOf<'loop'>): CelType {
    const types = this.#iterated(expr.range, expr.names.length)
    const names = expr.names.map((name, index): [string, CelType] => [name, types[index] ?? DYN])
    return this.#within(names, () => {
      if (expr.filter) this.#condition(expr.filter, expr.at)
      const step = this.check(expr.step)
      switch (expr.macro) {
        case 'all':
        case 'exists':
          return this.#isAssignable([step], [BOOL]) ? BOOL : this.#mismatch(expr.step.at, BOOL, step)
        case 'exists_one':
          return this.#isBool(step, expr.at) ? BOOL : ERROR
        case 'filter':
          return this.#isBool(step, expr.at) ? listOf(types[0] ?? DYN) : ERROR
        case 'sortBy':
          return listOf(types[0] ?? DYN)
        case 'map':
        case 'transformList':
          return listOf(step)
        case 'transformMap':
          return mapOf(types[0] ?? DYN, step)
        case 'transformMapEntry':
          return step.kind === 'map' || isDynOrError(step) ? step : this.#mismatch(expr.step.at, mapOf(DYN, DYN), step)
      }
    })
  }

  #condition(expr: Expr, at: number): void {
    this.#isBool(this.check(expr), at)
  }

  #isBool(type: CelType, at: number): boolean {
    if (this.#isAssignable([type], [BOOL])) return true
    const free = 'list(dyn)'
    this.#report(at, `found no matching overload for '_?_:_' applied to '(${formatType(type)}, ${free}, ${free})'`)
    return false
  }

  #optMap(expr: ExprOf<'optMap'>): CelType {
    const operand = this.check(expr.operand)
    const inner = operand.kind === 'optional' ? operand.of : DYN
    if (operand.kind !== 'optional' && !isDynOrError(operand))
      this.#report(expr.at, `found no matching overload for 'hasValue' applied to '${formatType(operand)}.()'`)
    const result = this.#within([[expr.name, inner]], () => this.check(expr.result))
    return expr.flat ? result : optionalOf(result)
  }
}

/** @throws CompileError with every fault of types */
export function checkExpression(source: string, expr: Expr, declarations: Declarations): Checked {
  const checker = new Checker(declarations)
  checker.check(expr)
  if (checker.issues.length) throw new CompileError(source, checker.issues)
  checker.finish()
  const { types, overloads, reads } = checker
  return { expr, type: types.get(expr) ?? DYN, types, overloads, reads, source }
}
