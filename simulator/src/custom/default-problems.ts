/** A default must be what its schema asks for. @see apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go */
import { FieldErrors } from '../objects/field-errors.js'
import { clone, sameJson } from '../objects/object.js'
import { type JsonSchema, prune } from './json-schema.js'
import { validateWhole } from './validate.js'

/** Adds every problem of the defaults of a schema and of all below it; those of maps are forbidden elsewhere. */
export function checkDefaults(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (schema.default !== undefined && schema.default !== null) checkDefault(schema, `${path}.default`, errors)
  if (schema.items) checkDefaults(schema.items, `${path}.items`, errors)
  for (const [name, inner] of Object.entries(schema.properties ?? {})) checkDefaults(inner, `${path}.properties[${name}]`, errors)
}

function checkDefault(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const value = schema.default ?? null
  const isResource = schema['x-kubernetes-embedded-resource'] === true
  if (!sameJson(prune(schema, clone(value), { dropped: [], path: '', isResource }), value))
    errors.invalid(path, value, 'must not have unknown fields')
  const found = new FieldErrors()
  validateWhole(schema, value, undefined, found)
  for (const each of found.list)
    errors.list.push({ ...each, field: each.field === '<nil>' ? path : `${path}.${each.field.replace(/^\./, '')}` })
}
