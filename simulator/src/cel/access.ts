/** Fields, elements and entries of values. Models cel-go interpreter/attributes.go. */
import { CelMap, EvaluationError, isList, Opaque, Optional, typeNameOf, Uint, type Value } from './values.js'

export const noSuchKey = (key: string): EvaluationError => new EvaluationError(`no such key: ${key}`)

/** The value of a field or entry; an optional one where `optional`. */
export function fieldOf(operand: Value, name: string, optional: boolean): Value {
  if (operand instanceof Optional) {
    if (!operand.isPresent) return Optional.none
    return fieldOf(operand.held, name, true)
  }
  const source = operand instanceof Opaque && operand.inner instanceof CelMap ? operand.inner : operand
  const found = source instanceof CelMap ? source.get(name) : undefined
  if (optional) return found === undefined ? Optional.none : Optional.of(found)
  if (found === undefined) throw noSuchKey(name)
  return found
}

/** The element at an index or key. */
export function elementAt(operand: Value, index: Value, optional: boolean): Value {
  if (operand instanceof Optional) return operand.isPresent ? elementAt(operand.held, index, true) : Optional.none
  const wrap = (found: Value | undefined, fault: () => EvaluationError): Value => {
    if (optional) return found === undefined ? Optional.none : Optional.of(found)
    if (found === undefined) throw fault()
    return found
  }
  if (operand instanceof CelMap) return wrap(operand.get(index), () => noSuchKey(keyText(index)))
  if (!isList(operand)) throw noSuchKey(keyText(index))
  const place = index instanceof Uint ? index.value : index
  if (typeof place !== 'bigint' && !(typeof place === 'number' && Number.isInteger(place)))
    throw new EvaluationError(`unsupported index type '${typeNameOf(index)}' in list`)
  return wrap(operand[Number(place)], () => new EvaluationError(`index out of bounds: ${place}`))
}

const keyText = (key: Value): string => (key instanceof Uint ? String(key.value) : String(key))
