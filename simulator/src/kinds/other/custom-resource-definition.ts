/** CustomResourceDefinition. @see apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go */

import { CLEANUP, type Definition, type DefinitionVersion } from '../../custom/definition.js'
import { parseJsonPath } from '../../custom/json-path.js'
import type { JsonSchema } from '../../custom/json-schema.js'
import { checkRuleExpressions, checkRuleForm, isFieldPath } from '../../custom/rule-problems.js'
import type { FieldErrors } from '../../objects/field-errors.js'
import { dns1035Label, dnsSubdomain } from '../../objects/names.js'
import { isObject, sameJson } from '../../objects/object.js'
import { patternProblem } from '../../objects/pattern.js'
import { nameColumn } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { immutable } from '../metadata.js'

/** Every problem of a rule in one message, as upstream joins them here. */
function whole(problems: string[], value: string, path: string, errors: FieldErrors): void {
  if (problems.length) errors.invalid(path, value, problems.join(','))
}

function validateNames({ spec }: Definition, errors: FieldErrors): void {
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = spec.names
  for (const [name, value] of Object.entries({ plural, singular, kind, listKind }))
    if (!value) errors.required(`spec.names.${name}`)
  if (plural) whole(dns1035Label(plural), plural, 'spec.names.plural', errors)
  if (singular) whole(dns1035Label(singular), singular, 'spec.names.singular', errors)
  if (kind) whole(dns1035Label(kind.toLowerCase()), kind, 'spec.names.kind', errors)
  if (listKind) whole(dns1035Label(listKind.toLowerCase()), listKind, 'spec.names.listKind', errors)
  for (const [index, name] of shortNames.entries()) whole(dns1035Label(name), name, `spec.names.shortNames[${index}]`, errors)
  if (kind && kind === listKind) errors.invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same')
  for (const [index, name] of categories.entries()) whole(dns1035Label(name), name, `spec.names.categories[${index}]`, errors)
}

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string']
const COLUMN_TYPES = ['integer', 'number', 'string', 'boolean', 'date']

/** What a structural schema must have at every level. @see pkg/apiserver/schema/validation.go */
function validateLevel(schema: JsonSchema, path: string, errors: FieldErrors): void {
  const isFree = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields']
  if (!schema.type && !isFree) errors.required(`${path}.type`, 'must not be empty for specified object fields')
  else if (schema.type && !TYPES.includes(schema.type)) errors.notSupported(`${path}.type`, schema.type, TYPES)
  if (schema.properties && isObject(schema.additionalProperties))
    errors.forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')
  if (schema.type === 'array' && !schema.items) errors.required(`${path}.items`, 'must be specified')
  if (schema['x-kubernetes-list-type'] === 'map' && !schema['x-kubernetes-list-map-keys']?.length)
    errors.required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')
  const problem = schema.pattern === undefined ? undefined : patternProblem(schema.pattern)
  if (problem) errors.invalid(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${problem}`)
  for (const [index, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const at = `${path}.x-kubernetes-validations[${index}]`
    checkRuleForm(rule, at, errors)
    if (rule.fieldPath && !isFieldPath(schema, rule.fieldPath))
      errors.invalid(`${at}.fieldPath`, rule.fieldPath, 'must be a valid path')
  }
}

function validateSchema(schema: JsonSchema, path: string, errors: FieldErrors): void {
  validateLevel(schema, path, errors)
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    validateSchema(inner, `${path}.properties[${name}]`, errors)
  if (schema.items) validateSchema(schema.items, `${path}.items`, errors)
  if (isObject(schema.additionalProperties))
    validateSchema(schema.additionalProperties as JsonSchema, `${path}.additionalProperties`, errors)
}

/** What all versions have alike, upstream keeps once, at the top, and names it there. */
function placesFor({ spec }: Definition, path: string): Record<'schema' | 'subresources' | 'columns' | 'selectable', string> {
  const [first, ...rest] = spec.versions
  const isShared = (field: keyof DefinitionVersion) => rest.every((each) => sameJson(each[field] ?? null, first?.[field] ?? null))
  return {
    schema: isShared('schema') ? 'spec.validation' : `${path}.schema`,
    subresources: isShared('subresources') ? 'spec.subresources' : `${path}.subresources`,
    columns: isShared('additionalPrinterColumns') ? 'spec.additionalPrinterColumns' : `${path}.additionalPrinterColumns`,
    selectable: isShared('selectableFields') ? 'spec.selectableFields' : `${path}.selectableFields`,
  }
}

function validateVersion(definition: Definition, index: number, errors: FieldErrors): void {
  const version = definition.spec.versions[index]
  if (!version) return
  const path = `spec.versions[${index}]`
  whole(dns1035Label(version.name), version.name, `${path}.name`, errors)
  const places = placesFor(definition, path)
  const schema = version.schema?.openAPIV3Schema
  const at = `${places.schema}.openAPIV3Schema`
  const isRepeated = (place: string) => index > 0 && !place.startsWith(path)
  if (isRepeated(places.schema)) return
  if (!schema) errors.required(at, 'schemas are required')
  else {
    if (schema.type !== 'object') errors.invalid(`${at}.type`, schema.type ?? '', 'must be object at the root')
    const before = errors.list.length
    validateSchema(schema, at, errors)
    if (errors.list.length === before) checkRuleExpressions(schema, at, errors)
  }
  const { scale } = version.subresources ?? {}
  for (const name of ['specReplicasPath', 'statusReplicasPath'] as const) {
    if (!scale) break
    const where = `${places.subresources}.scale.${name}`
    const root = name === 'specReplicasPath' ? '.spec' : '.status'
    if (!scale[name]) errors.required(where)
    else if (!scale[name].startsWith(`${root}.`)) errors.invalid(where, scale[name], `should be a json path under ${root}`)
  }
  for (const [position, column] of (version.additionalPrinterColumns ?? []).entries()) {
    const where = `${places.columns}[${position}]`
    if (!column.name) errors.required(`${where}.name`)
    if (!column.type) errors.required(`${where}.type`)
    else if (!COLUMN_TYPES.includes(column.type))
      errors.invalid(`${where}.type`, column.type, `must be one of ${COLUMN_TYPES.join(',')}`)
    if (!column.jsonPath) errors.required(`${where}.JSONPath`)
    else if (!parseJsonPath(column.jsonPath)) errors.invalid(`${where}.JSONPath`, column.jsonPath, 'is an invalid json path')
  }
}

function validate(definition: Definition, errors: FieldErrors): void {
  const { spec, metadata } = definition
  if (metadata.name !== `${spec.names.plural}.${spec.group}`)
    errors.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')
  if (!spec.group) errors.required('spec.group')
  else if (dnsSubdomain(spec.group).length) whole(dnsSubdomain(spec.group), spec.group, 'spec.group', errors)
  else if (!spec.group.includes('.')) errors.invalid('spec.group', spec.group, 'should be a domain with at least one dot')
  if (!spec.scope) errors.required('spec.scope')
  else if (!['Cluster', 'Namespaced'].includes(spec.scope))
    errors.notSupported('spec.scope', spec.scope, ['Cluster', 'Namespaced'])
  for (const index of spec.versions.keys()) validateVersion(definition, index, errors)
  const names = spec.versions.map(({ name }) => name)
  if (new Set(names).size !== names.length) errors.invalid('spec.versions', spec.versions, 'must contain unique version names')
  if (spec.versions.filter(({ storage }) => storage).length !== 1)
    errors.invalid('spec.versions', spec.versions, 'must have exactly one version marked as storage version')
  validateNames(definition, errors)
  if (spec.conversion?.strategy === 'Webhook')
    errors.forbidden('spec.conversion.strategy', 'webhook conversion is not there in the simulated cluster')
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(spec.group) && !metadata.annotations?.['api-approved.kubernetes.io'])
    errors.required(
      'metadata.annotations[api-approved.kubernetes.io]',
      'protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    )
}

export const customResourceDefinition = defineKind<Definition>('apiextensions.k8s.io', 'CustomResourceDefinition', {
  counted: true,
  keepsStatus: true,
  deletionFinalizers: [CLEANUP],
  defaults({ spec }) {
    if (!spec?.names) return
    spec.names.singular ||= (spec.names.kind ?? '').toLowerCase()
    spec.names.listKind ||= spec.names.kind ? `${spec.names.kind}List` : ''
    spec.conversion ??= { strategy: 'None' }
  },
  validate,
  validateUpdate(object, old, errors) {
    immutable(object.spec.group, old.spec.group, 'spec.group', errors)
    immutable(object.spec.names.plural, old.spec.names.plural, 'spec.names.plural', errors)
    immutable(object.spec.scope, old.spec.scope, 'spec.scope', errors)
    immutable(object.spec.names.kind, old.spec.names.kind, 'spec.names.kind', errors)
    const names = object.spec.versions.map(({ name }) => name)
    for (const [index, name] of (old.status?.storedVersions ?? []).entries())
      if (!names.includes(name))
        errors.invalid(
          `status.storedVersions[${index}]`,
          name,
          `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
        )
  },
  columns: [
    nameColumn as Column<Definition>,
    { name: 'Created At', format: 'date-time', value: ({ metadata }) => metadata.creationTimestamp ?? '' },
  ],
})
