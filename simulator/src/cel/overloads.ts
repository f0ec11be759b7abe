/** Which of the functions of one name is called. */
import type { Overload } from './functions/declare.js'
import { accepts, EvaluationError, noSuchOverload, typeNameOf, type Value } from './values.js'

export const NO_OVERLOADS: readonly Overload[] = []

// Rules run these two hundreds of thousands of times: plain loops.
export function overloadFor(candidates: readonly Overload[], args: readonly Value[]): Overload | undefined {
  for (const each of candidates) if (fits(each, args)) return each
  return undefined
}

function fits({ params }: Overload, args: readonly Value[]): boolean {
  if (params.length !== args.length) return false
  for (let index = 0; index < args.length; index++) {
    const type = params[index]
    if (!type || !accepts(type, args[index] ?? null)) return false
  }
  return true
}

export function noneFits(name: string, args: Value[]): EvaluationError {
  if (/^[_!@-]/.test(name)) return noSuchOverload()
  return new EvaluationError(`no such overload: ${name}(${args.map(typeNameOf).join(', ')})`)
}
