/** CustomResourceDefinition. @see apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go */

import { aloneIfLong } from '../../cel/alone.js'
import type { PrinterColumn } from '../../custom/columns.js'
import { checkDefaults } from '../../custom/default-problems.js'
import { CLEANUP, type Definition, type DefinitionVersion, type ScalePaths } from '../../custom/definition.js'
import type { JsonSchema } from '../../custom/json-schema.js'
import { readPatterns } from '../../custom/patterns.js'
import { checkRuleExpressions } from '../../custom/rule-problems.js'
import { checkWords } from '../../custom/schema-words.js'
import { checkSelectableFields } from '../../custom/selectable-fields.js'
import { checkStructure } from '../../custom/structural.js'
import { FieldErrors } from '../../objects/field-errors.js'
import { dns1035Label, dnsSubdomain } from '../../objects/names.js'
import { sameJson } from '../../objects/object.js'
import { nameColumn } from '../columns.js'
import { type Column, defineKind } from '../define.js'
import { immutable } from '../metadata.js'

/** Every problem of a rule in one message, as upstream joins them here. */
function whole(problems: string[], value: string, path: string, errors: FieldErrors): void {
  if (problems.length) errors.invalid(path, value, problems.join(','))
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

function validateNames({ spec }: Definition, errors: FieldErrors): void {
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = spec.names
  for (const [name, value] of Object.entries({ plural, singular, kind, listKind }))
    if (!value) errors.required(`spec.names.${name}`)
  if (plural) whole(dns1035Label(plural), plural, 'spec.names.plural', errors)
  if (singular) whole(dns1035Label(singular), singular, 'spec.names.singular', errors)
  if (kind) mixedCase(kind, 'spec.names.kind', errors)
  if (listKind) mixedCase(listKind, 'spec.names.listKind', errors)
  for (const [index, name] of shortNames.entries()) whole(dns1035Label(name), name, `spec.names.shortNames[${index}]`, errors)
  if (kind && kind === listKind) errors.invalid('spec.names.listKind', listKind, 'kind and listKind may not be the same')
  for (const [index, name] of categories.entries()) whole(dns1035Label(name), name, `spec.names.categories[${index}]`, errors)
}

function mixedCase(name: string, path: string, errors: FieldErrors): void {
  const problems = dns1035Label(name.toLowerCase())
  if (problems.length) errors.invalid(path, name, `may have mixed case, but should otherwise match: ${problems.join(',')}`)
}

/** What all versions have alike: upstream keeps it once, at the top, and names it there. */
type Shared = Record<'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields', boolean>

function sharedParts({ spec }: Definition): Shared {
  const [first, ...rest] = spec.versions ?? []
  const isShared = (field: keyof Shared) => rest.every((each) => sameJson(each[field] ?? null, first?.[field] ?? null))
  return {
    schema: isShared('schema'),
    subresources: isShared('subresources'),
    additionalPrinterColumns: isShared('additionalPrinterColumns'),
    selectableFields: isShared('selectableFields'),
  }
}

/** The versions as upstream prints them. */
function shownVersions(versions: DefinitionVersion[], shared: Shared): unknown {
  if (versions.length === 0) return null
  return versions.map((version) => ({
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: shared.schema ? null : (version.schema ?? null),
    Subresources: shared.subresources ? null : (version.subresources ?? null),
    AdditionalPrinterColumns: shared.additionalPrinterColumns ? null : (version.additionalPrinterColumns ?? null),
    SelectableFields: shared.selectableFields ? null : (version.selectableFields ?? null),
  }))
}

function validateSchema(schema: JsonSchema | undefined, path: string, errors: FieldErrors): void {
  if (!schema) return
  const at = `${path}.openAPIV3Schema`
  if (schema.nullable) errors.forbidden(`${at}.nullable`, 'nullable cannot be true at the root')
  readPatterns(schema)
  const found = aloneIfLong([schema, at], () => problemsOf(schema, at))
  errors.list.push(...found)
  // Rules are read once the schema can be.
  if (found.length === 0) checkRuleExpressions(schema, at, errors)
}

function problemsOf(schema: JsonSchema, at: string): FieldErrors['list'] {
  const errors = new FieldErrors()
  checkStructure(schema, at, errors)
  if (!errors.any) checkDefaults(schema, at, errors)
  checkWords(schema, at, errors)
  return errors.list
}

function validateScale({ scale }: { scale?: ScalePaths }, path: string, errors: FieldErrors): void {
  if (!scale) return
  for (const [name, root] of [
    ['specReplicasPath', '.spec'],
    ['statusReplicasPath', '.status'],
  ] as const) {
    const where = `${path}.scale.${name}`
    const problem = scale[name] ? simplePathProblem(scale[name]) : undefined
    if (!scale[name]) errors.required(where)
    else if (problem) errors.invalid(where, scale[name], problem)
    else if (!scale[name].startsWith(`${root}.`)) errors.invalid(where, scale[name], `should be a json path under ${root}`)
  }
}

const simplePathProblem = (path: string): string | undefined =>
  path.startsWith('.') ? undefined : 'must be a simple json path starting with .'

function validateColumn(column: PrinterColumn, where: string, errors: FieldErrors): void {
  const types = `must be one of ${COLUMN_TYPES.join(',')}`
  if (!column.name) errors.required(`${where}.name`)
  if (!column.type) errors.required(`${where}.type`, types)
  else if (!COLUMN_TYPES.includes(column.type)) errors.invalid(`${where}.type`, column.type, types)
  if (column.format && !COLUMN_FORMATS.includes(column.format))
    errors.invalid(`${where}.format`, column.format, `must be one of ${COLUMN_FORMATS.join(',')}`)
  const problem = column.jsonPath ? simplePathProblem(column.jsonPath) : undefined
  if (!column.jsonPath) errors.required(`${where}.JSONPath`)
  else if (problem) errors.invalid(`${where}.JSONPath`, column.jsonPath, problem)
}

/** The parts of one version, or what all have alike at the top. */
function validateParts(
  version: Partial<DefinitionVersion>,
  paths: Record<'schema' | 'subresources' | 'columns' | 'selectable', string>,
  errors: FieldErrors,
): void {
  validateSchema(version.schema?.openAPIV3Schema, paths.schema, errors)
  validateScale(version.subresources ?? {}, paths.subresources, errors)
  for (const [position, column] of (version.additionalPrinterColumns ?? []).entries())
    validateColumn(column, `${paths.columns}[${position}]`, errors)
  const schema = version.schema?.openAPIV3Schema
  checkSelectableFields(version.selectableFields ?? [], schema, { path: paths.selectable, errors })
}

function validateVersions({ spec }: Definition, shared: Shared, errors: FieldErrors): void {
  const versions = spec.versions ?? []
  for (const [index, { schema }] of versions.entries())
    if (!schema?.openAPIV3Schema) errors.required(`spec.versions[${index}].schema.openAPIV3Schema`)
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`
    whole(dns1035Label(version.name), version.name, `${path}.name`, errors)
    const paths = {
      schema: `${path}.schema`,
      subresources: `${path}.subresources`,
      columns: `${path}.additionalPrinterColumns`,
      selectable: `${path}.selectableFields`,
    }
    validateParts(ownParts(version, shared), paths, errors)
  }
  const shown = shownVersions(versions, shared)
  if (new Set(versions.map(({ name }) => name)).size !== versions.length)
    errors.invalid('spec.versions', shown, 'must contain unique version names')
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.invalid('spec.versions', shown, 'must have exactly one version marked as storage version')
}

const ownParts = (version: DefinitionVersion, shared: Shared): Partial<DefinitionVersion> =>
  Object.fromEntries(Object.entries(version).filter(([name]) => !shared[name as keyof Shared]))

const sharedOf = (version: DefinitionVersion | undefined, shared: Shared): Partial<DefinitionVersion> =>
  Object.fromEntries(Object.entries(version ?? {}).filter(([name]) => shared[name as keyof Shared]))

const STRATEGIES = ['None', 'Webhook']

function validateConversion({ conversion }: Definition['spec'], errors: FieldErrors): void {
  if (!conversion) return
  const { strategy } = conversion
  if (!strategy) errors.required('spec.conversion.strategy')
  else if (!STRATEGIES.includes(strategy)) errors.notSupported('spec.conversion.strategy', strategy, STRATEGIES)
  else if (strategy === 'Webhook')
    errors.forbidden('spec.conversion.strategy', 'webhook conversion is not there in the simulated cluster')
  if (strategy !== 'Webhook' && conversion.webhook)
    errors.forbidden('spec.conversion.webhookClientConfig', 'should not be set when strategy is not set to Webhook')
}

function validateStored({ spec, status }: Definition, errors: FieldErrors): void {
  const stored = status?.storedVersions ?? []
  const path = 'status.storedVersions'
  if (stored.length === 0) {
    errors.invalid(path, null, 'must have at least one stored version')
    return
  }
  const left = new Set(stored)
  for (const { name, storage } of spec.versions ?? []) {
    if (storage && !left.has(name)) errors.invalid(path, stored, `must have the storage version ${name}`)
    left.delete(name)
  }
  for (const name of left)
    errors.invalid(
      `${path}[${stored.indexOf(name)}]`,
      name,
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
    )
}

function validateGroup({ spec: { group, scope } }: Definition, errors: FieldErrors): void {
  if (!group) errors.required('spec.group')
  else if (dnsSubdomain(group).length) whole(dnsSubdomain(group), group, 'spec.group', errors)
  else if (!group.includes('.')) errors.invalid('spec.group', group, 'should be a domain with at least one dot')
  if (!scope) errors.required('spec.scope')
  else if (!['Cluster', 'Namespaced'].includes(scope)) errors.notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])
}

const AT_THE_TOP = {
  schema: 'spec.validation',
  subresources: 'spec.subresources',
  columns: 'spec.additionalPrinterColumns',
  selectable: 'spec.selectableFields',
}

function validate(definition: Definition, errors: FieldErrors): void {
  const { spec, metadata } = definition
  if (metadata.name !== `${spec.names.plural}.${spec.group}`)
    errors.invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')
  const shared = sharedParts(definition)
  validateGroup(definition, errors)
  validateVersions(definition, shared, errors)
  validateNames(definition, errors)
  validateParts(sharedOf(spec.versions?.[0], shared), AT_THE_TOP, errors)
  validateConversion(spec, errors)
  validateStored(definition, errors)
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
  },
  columns: [
    nameColumn as Column<Definition>,
    { name: 'Created At', format: 'date-time', value: ({ metadata }) => metadata.creationTimestamp ?? '' },
  ],
})
