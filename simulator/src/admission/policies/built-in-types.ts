/** Kubernetes' own types as CEL sees them. Models apiserver/pkg/cel/common/schemas.go over the published definitions. */
import { BOOL, type CelType, DYN, INT, listOf, mapOf, STRING, simple } from '../../cel/types.js'
import { escapeName } from '../../custom/schema-types.js'
import { type Field, factsOf, QUANTITY, type TypeFacts } from '../../schema/types.js'

/** A type inside of itself, as in a JSON schema, is shown without its fields. */
type Path = readonly string[]

function stringOf(format: string | undefined): CelType {
  if (format === 'byte') return simple('bytes')
  if (format === 'duration') return simple('duration')
  return format === 'date' || format === 'date-time' ? simple('timestamp') : STRING
}

/** @returns undefined for what is not shown to expressions: what can be anything, and Quantities, which their definition gives no one type */
function scalarOf(scalar: TypeFacts['scalar'], format: string | undefined, name: string): CelType | undefined {
  switch (scalar) {
    case 'string':
      return stringOf(format)
    case 'int-or-string':
      return DYN
    case 'integer':
      return INT
    case 'number':
      return simple('double')
    case 'boolean':
      return BOOL
    case 'object':
      return { kind: 'object', name, fields: {} }
    default:
      return undefined
  }
}

function namedType(ref: string, name: string, path: Path): CelType | undefined {
  if (ref === QUANTITY) return undefined
  if (path.includes(ref)) return { kind: 'object', name, fields: {} }
  const facts = factsOf(ref)
  if (!facts) return undefined
  return facts.fields ? structType(facts.fields, name, [...path, ref]) : scalarOf(facts.scalar, facts.format, name)
}

function structType(fields: Record<string, Field>, name: string, path: Path): CelType {
  const known: Record<string, CelType> = {}
  for (const [field, facts] of Object.entries(fields)) {
    const type = fieldType(facts, `${name}.${field}`, path)
    const escaped = escapeName(field)
    if (type && escaped !== undefined) known[escaped] = type
  }
  return { kind: 'object', name, fields: known }
}

function fieldType(field: Field, name: string, path: Path): CelType | undefined {
  switch (field.type) {
    case 'ref':
      return namedType(field.ref ?? '', name, path)
    case 'array': {
      const item = field.items && fieldType(field.items, `${name}.@idx`, path)
      return item && listOf(item)
    }
    case 'map': {
      const value = field.items && fieldType(field.items, `${name}.@elem`, path)
      return value && mapOf(STRING, value)
    }
    case 'object':
      return structType(field.fields ?? {}, name, path)
    default:
      return scalarOf(field.type, field.format, name)
  }
}

/** @param typeName full name of the schema type @param name what the type is called in messages */
export const builtInType = (typeName: string, name: string): CelType | undefined => namedType(typeName, name, [])
