/** `selectableFields` of a version. @see apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateCustomResourceSelectableFields */
import type { FieldErrors } from '../objects/field-errors.js'
import { isObject } from '../objects/object.js'
import type { JsonSchema } from './json-schema.js'

const MOST_FIELDS = 8
const PLAIN = ['string', 'boolean', 'integer']
const TOKEN = /'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]]+/g

type Found = { names: string[]; schema: JsonSchema } | { problem: string }

/** Where a path of names leads in the schema. Models apiserver/schema/cel: ValidFieldPath */
function fieldAt(jsonPath: string, root: JsonSchema): Found {
  const names: string[] = []
  let schema: JsonSchema | undefined = root
  const tokens = jsonPath.match(TOKEN) ?? []
  for (let index = 0; index < tokens.length; index += 2) {
    const [sign, name] = [tokens[index], tokens[index + 1]]
    if (sign === '[') return { problem: 'array notation is not allowed' }
    if (sign !== '.') return { problem: `expected [ or . but got: ${sign}` }
    if (name === undefined) return { problem: 'unexpected end of JSON path' }
    const { properties, additionalProperties }: JsonSchema = schema
    if (properties) schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    else schema = isObject(additionalProperties) ? (additionalProperties as JsonSchema) : undefined
    if (!schema) return { problem: 'does not refer to a valid field' }
    names.push(name)
  }
  return { names, schema }
}

function checkField(jsonPath: string, schema: JsonSchema, seen: Set<string>, { path, errors }: Place): void {
  const at = `${path}.jsonPath`
  if (!jsonPath) {
    errors.required(at)
    return
  }
  const found = fieldAt(jsonPath, schema)
  if ('problem' in found) {
    errors.invalid(at, jsonPath, `is an invalid path: ${found.problem}`)
    return
  }
  if (found.names[0] === 'metadata') errors.invalid(at, jsonPath, 'must not point to fields in metadata')
  if (!PLAIN.includes(found.schema.type ?? ''))
    errors.invalid(
      at,
      jsonPath,
      'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
    )
  const name = found.names.join('.')
  if (seen.has(name)) errors.duplicate(at, jsonPath)
  seen.add(name)
}

interface Place {
  path: string
  errors: FieldErrors
}

/** @param schema of the same version; absent where it stands elsewhere */
export function checkSelectableFields(
  fields: readonly { jsonPath: string }[],
  schema: JsonSchema | undefined,
  { path, errors }: Place,
): void {
  if (fields.length === 0) return
  if (!schema) {
    const isTop = path === 'spec.selectableFields'
    const where = isTop ? 'validations.schema is included' : '`version.schema.openAPIV3Schema` is not included'
    errors.invalid(path, '', `may only be set when ${where}`)
    return
  }
  const seen = new Set<string>()
  for (const [index, { jsonPath }] of fields.entries()) checkField(jsonPath, schema, seen, { path: `${path}[${index}]`, errors })
  if (seen.size > MOST_FIELDS) errors.tooMany(path, seen.size, MOST_FIELDS)
}
