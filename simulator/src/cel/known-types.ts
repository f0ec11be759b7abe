/** What the checker knows of types before it looks at an expression. */
import type { ExprOf } from './syntax.js'
import { BOOL, type CelType, DYN, INT, listOf, mapOf, STRING, simple } from './types.js'

export const TYPE_NAMES: Record<string, CelType> = {
  bool: BOOL,
  bytes: simple('bytes'),
  double: simple('double'),
  int: INT,
  list: listOf(DYN),
  map: mapOf(DYN, DYN),
  null_type: simple('null'),
  string: STRING,
  type: { kind: 'type' },
  uint: simple('uint'),
  'google.protobuf.Timestamp': simple('timestamp'),
  'google.protobuf.Duration': simple('duration'),
}

/** The names of the parameters in a type, in order, each as often as it stands there. */
export function parametersIn(type: CelType): string[] {
  switch (type.kind) {
    case 'param':
      return [type.name]
    case 'list':
      return parametersIn(type.item)
    case 'map':
      return [...parametersIn(type.key), ...parametersIn(type.value)]
    case 'optional':
      return parametersIn(type.of)
    case 'type':
      return type.of ? parametersIn(type.of) : []
    default:
      return []
  }
}

export function literalType(value: ExprOf<'literal'>['value']): CelType {
  if (value === null) return simple('null')
  switch (typeof value) {
    case 'boolean':
      return BOOL
    case 'bigint':
      return INT
    case 'number':
      return simple('double')
    case 'string':
      return STRING
    default:
      return simple(value instanceof Uint8Array ? 'bytes' : 'uint')
  }
}
