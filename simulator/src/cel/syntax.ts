/** An expression of CEL as a tree. Macros stand in it as they were written: they have rules of type, value and cost of their own. */

export type Literal = null | boolean | bigint | number | string | Uint8Array | { uint: bigint }

interface Place {
  /** Where an error about the node is shown, counted in UTF-16 units. */
  at: number
}

export type Expr = Place &
  (
    | { kind: 'literal'; value: Literal }
    | { kind: 'ident'; name: string }
    /** `optional`: written `.?` */
    | { kind: 'select'; operand: Expr; field: string; optional: boolean }
    | { kind: 'has'; operand: Expr; field: string }
    | { kind: 'call'; name: string; target?: Expr; args: Expr[] }
    | { kind: 'list'; items: Expr[]; optional: ReadonlySet<number> }
    | { kind: 'map'; entries: { key: Expr; value: Expr; optional: boolean }[] }
    | { kind: 'struct'; name: string; fields: { name: string; value: Expr; at: number; optional: boolean }[] }
    | { kind: 'loop'; macro: LoopMacro; range: Expr; names: string[]; filter?: Expr; step: Expr }
    | { kind: 'bind'; name: string; value: Expr; result: Expr }
    | { kind: 'optMap'; flat: boolean; operand: Expr; name: string; result: Expr }
  )

export type LoopMacro =
  | 'all'
  | 'exists'
  | 'exists_one'
  | 'map'
  | 'filter'
  | 'transformList'
  | 'transformMap'
  | 'transformMapEntry'
  | 'sortBy'

export type ExprOf<K extends Expr['kind']> = Extract<Expr, { kind: K }>

/** The expressions right under one. */
export function childrenOf(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return []
    case 'select':
    case 'has':
      return [expr.operand]
    case 'call':
      return [...(expr.target ? [expr.target] : []), ...expr.args]
    case 'list':
      return expr.items
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return expr.fields.map(({ value }) => value)
    case 'loop':
      return [expr.range, ...(expr.filter ? [expr.filter] : []), expr.step]
    case 'bind':
      return [expr.value, expr.result]
    case 'optMap':
      return [expr.operand, expr.result]
  }
}

/** `a.b.c` where the expression is a chain of names. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name
  if (expr.kind !== 'select' || expr.optional) return undefined
  const head = qualifiedName(expr.operand)
  return head === undefined ? undefined : `${head}.${expr.field}`
}

export interface Issue {
  at: number
  text: string
}

/** What is wrong with an expression, as cel-go shows it: with the line and an arrow under the place. */
export class CompileError extends Error {
  constructor(
    readonly source: string,
    readonly issues: Issue[],
  ) {
    super(
      [...issues]
        .sort((left, right) => left.at - right.at)
        .map((issue) => display(source, issue))
        .join('\n'),
    )
  }
}

function display(source: string, { at, text }: Issue): string {
  const before = source.slice(0, at)
  const start = before.lastIndexOf('\n') + 1
  const end = source.indexOf('\n', at)
  const line = source.slice(start, end < 0 ? undefined : end).replaceAll('\t', ' ')
  const letters = [...source.slice(start, at)]
  const wide = (letter: string | undefined) => letter !== undefined && letter.charCodeAt(0) > 127
  const dots = letters.map((letter) => (wide(letter) ? '\uff0e' : '.')).join('')
  const arrow = wide([...source.slice(at)][0]) ? '\uff3e' : '^'
  return `ERROR: <input>:${before.split('\n').length}:${letters.length + 1}: ${text}\n | ${line}\n | ${dots}${arrow}`
}
