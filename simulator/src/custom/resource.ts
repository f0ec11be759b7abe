/** From a CustomResourceDefinition to the resources that it makes the cluster serve. */
import type { KindRules } from '../kinds/define.js'
import type { Resource, Subresource } from '../kinds/resource.js'
import { clone, fieldsOf, type Json, type JsonObject, type KubeObject } from '../objects/object.js'
import { type DecodeReport, decodeValue } from '../schema/decode.js'
import { OBJECT_META } from '../schema/types.js'
import { customColumns } from './columns.js'
import { type Definition, type DefinitionVersion, isEstablished, newerVersionFirst } from './definition.js'
import { parseJsonPath, readPath } from './json-path.js'
import { applyDefaults, type JsonSchema, prune } from './json-schema.js'
import { checkRules, hasRules } from './rules.js'
import { checkScale } from './scale.js'
import { validateWhole } from './validate.js'

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']

/** Identity is checked with all other objects'; the schema judges the rest. */
const judged = (object: KubeObject): JsonObject => {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...rest } = fieldsOf(object)
  return rest
}

function withoutIdentity(schema: JsonSchema): JsonSchema {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...properties } = schema.properties ?? {}
  return {
    ...schema,
    properties,
    required: (schema.required ?? []).filter((name) => !['apiVersion', 'kind', 'metadata'].includes(name)),
  }
}

function fieldReaders(version: DefinitionVersion): KindRules['fields'] {
  return Object.fromEntries(
    (version.selectableFields ?? []).map(({ jsonPath }) => {
      const steps = parseJsonPath(jsonPath) ?? []
      return [jsonPath.replace(/^\./, ''), (object: KubeObject) => String(readPath(steps, fieldsOf(object) as Json)[0] ?? '')]
    }),
  )
}

/** Problems after which upstream runs no rule. @see registry/customresource/strategy.go: hasBlockingErr */
const BLOCKING = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
])
const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

function rulesFor(version: DefinitionVersion, schema: JsonSchema): KindRules {
  const own = withoutIdentity(schema)
  const judge: NonNullable<KindRules['validate']> = (object, errors, { old, warnings }) => {
    validateWhole(own, judged(object), old && judged(old), errors)
    if (version.subresources?.scale) checkScale(version.subresources.scale, judged(object), errors)
    if (errors.list.some(({ type }) => BLOCKING.has(type))) {
      if (hasRules(schema)) errors.invalid('<nil>', null, NOT_CHECKED)
      return
    }
    const before = old && (fieldsOf(old) as Json)
    checkRules(schema, { value: fieldsOf(object) as Json, old: before }, { errors, warnings })
  }
  return {
    columns: customColumns(version.additionalPrinterColumns),
    fields: fieldReaders(version) ?? {},
    validate: judge,
    validateStatusUpdate: (object, old, errors) => judge(object, errors, { old, warnings: [] }),
  }
}

function decoder(schema: JsonSchema, kind: string) {
  return (object: JsonObject, report: DecodeReport): JsonObject => {
    const dropped: string[] = []
    const pruned = clone(prune(schema, object, { dropped, path: '', isResource: true })) as JsonObject
    report.unknown.push(...dropped)
    applyDefaults(schema, pruned)
    pruned.metadata = decodeValue(OBJECT_META, kind, pruned.metadata ?? {})
    return pruned
  }
}

function subresourcesOf(definition: Definition, version: DefinitionVersion): Map<string, Subresource> {
  const own = { group: definition.spec.group, version: version.name, kind: definition.spec.names.kind }
  const verbs = ['get', 'patch', 'update']
  const found = new Map<string, Subresource>()
  if (version.subresources?.status) found.set('status', { name: 'status', kind: own, verbs })
  if (version.subresources?.scale)
    found.set('scale', { name: 'scale', kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs })
  return found
}

/** None-conversion: another version is another name for the same fields. */
const renamed =
  (apiVersion: string) =>
  (object: JsonObject): JsonObject =>
    object.apiVersion === apiVersion ? object : { ...object, apiVersion }

/** Names the newest version that is not deprecated, where it is newer. */
function deprecation({ spec: { group, names, versions } }: Definition, { name }: DefinitionVersion): string {
  const newer = versions
    .filter((each) => each.served && !each.deprecated && newerVersionFirst(each.name, name) < 0)
    .sort((left, right) => newerVersionFirst(left.name, right.name))[0]
  const advice = newer ? `; use ${group}/${newer.name} ${names.kind}` : ''
  return `${group}/${name} ${names.kind} is deprecated${advice}`
}

function resourceFor(definition: Definition, version: DefinitionVersion): Resource {
  const { group, names, scope, versions } = definition.spec
  const schema = version.schema?.openAPIV3Schema ?? {}
  const stored = versions.find((each) => each.storage)?.name ?? version.name
  const isGoing = Boolean(definition.metadata.deletionTimestamp)
  return {
    group,
    version: version.name,
    kind: names.kind,
    resource: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: VERBS,
    subresources: subresourcesOf(definition, version),
    typeName: undefined,
    storage: `${group}/${names.plural}`,
    rules: rulesFor(version, schema),
    conversion: { toStored: renamed(`${group}/${stored}`), fromStored: renamed(`${group}/${version.name}`) },
    custom: {
      decode: decoder(schema, names.kind),
      schema,
      isGoing,
      ...(version.subresources?.scale ? { scale: version.subresources.scale } : {}),
      ...(version.deprecated ? { warning: version.deprecationWarning ?? deprecation(definition, version) } : {}),
    },
  }
}

/** The served resources of a definition; none before it is established. */
export function resourcesOf(definition: Definition): Resource[] {
  if (!isEstablished(definition)) return []
  return definition.spec.versions
    .filter((version) => version.served)
    .sort((left, right) => newerVersionFirst(left.name, right.name))
    .map((version) => resourceFor(definition, version))
}
