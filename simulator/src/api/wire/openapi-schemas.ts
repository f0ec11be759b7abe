/** The schemas of OpenAPI v3, made from the facts of a type and its prose. */
import type { Resource } from '../../kinds/resource.js'
import { proseOf, type TypeProse } from '../../schema/descriptions.js'
import { type Field, factsOf, META, OBJECT_META, type TypeFacts } from '../../schema/types.js'
import { reference, type Schema } from './openapi-paths.js'

function fieldSchema(field: Field, description: string | undefined): Schema {
  const schema: Schema = description ? { description } : {}
  if (field.type === 'ref') {
    const isPlain = !description && field.default === undefined && field.zero !== 'keep'
    if (isPlain) return reference(field.ref ?? '')
    schema.allOf = [reference(field.ref ?? '')]
    if (field.zero === 'keep' && factsOf(field.ref ?? '')?.fields) schema.default = {}
  } else if (field.type === 'array')
    Object.assign(schema, { type: 'array', items: fieldSchema(field.items ?? { type: 'any' }, undefined) })
  else if (field.type === 'map')
    Object.assign(schema, { type: 'object', additionalProperties: fieldSchema(field.items ?? { type: 'any' }, undefined) })
  else if (field.type !== 'any') schema.type = field.type
  if (field.format) schema.format = field.format
  if (field.enum) schema.enum = field.enum
  if (field.default !== undefined) schema.default = field.default
  if (field.list) schema['x-kubernetes-list-type'] = field.list
  if (field.keys) schema['x-kubernetes-list-map-keys'] = field.keys
  if (field.map) schema['x-kubernetes-map-type'] = field.map
  if (field.mergeKey) schema['x-kubernetes-patch-merge-key'] = field.mergeKey
  if (field.strategy) schema['x-kubernetes-patch-strategy'] = field.strategy
  return schema
}

function typeSchema(facts: TypeFacts, prose: TypeProse | undefined): Schema {
  const schema: Schema = prose?.description ? { description: prose.description } : {}
  if (facts.fields) {
    schema.type = 'object'
    schema.properties = Object.fromEntries(
      Object.entries(facts.fields).map(([name, field]) => [name, fieldSchema(field, prose?.fields[name])]),
    )
  } else if (facts.scalar === 'int-or-string') schema.oneOf = [{ type: 'integer' }, { type: 'string' }]
  else if (facts.scalar && facts.scalar !== 'any') schema.type = facts.scalar
  if (facts.format) schema.format = facts.format
  if (facts.required) schema.required = facts.required
  if (facts.map) schema['x-kubernetes-map-type'] = facts.map
  if (Array.isArray(facts.kinds)) {
    schema['x-kubernetes-group-version-kind'] = facts.kinds.map((kind) => {
      const [group, version, name] = kind.split('/')
      return { group, version, kind: name }
    })
  }
  return schema
}

function refsOf(facts: TypeFacts): string[] {
  const found: string[] = []
  const visit = (field: Field | undefined) => {
    if (field?.ref) found.push(field.ref)
    if (field?.items) visit(field.items)
  }
  for (const field of Object.values(facts.fields ?? {})) visit(field)
  return found
}

/** The schemas of these types and of all that they name. */
export function schemasFor(roots: string[]): Record<string, Schema> {
  const schemas: Record<string, Schema> = {}
  const waiting = [...roots]
  for (let name = waiting.pop(); name; name = waiting.pop()) {
    const facts = factsOf(name)
    if (!facts || schemas[name]) continue
    schemas[name] = typeSchema(facts, proseOf(name))
    waiting.push(...refsOf(facts))
  }
  return schemas
}

/** The schema of a custom resource as its definition has it, with the fields that every object has. */
export function customSchema(resource: Resource): Schema {
  const { group, version, kind, custom } = resource
  const text = (description: string) => ({ description, type: 'string' })
  const meta = factsOf(TYPE_OF_DELETE) ? proseOf(TYPE_OF_DELETE) : undefined
  return {
    ...custom?.schema,
    properties: {
      ...custom?.schema.properties,
      apiVersion: text(meta?.fields.apiVersion ?? ''),
      kind: text(meta?.fields.kind ?? ''),
      metadata: { allOf: [reference(OBJECT_META)], description: metadataProse() },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind }],
  }
}

/** Of a kind that has the same words for its metadata. */
const metadataProse = (): string => proseOf('io.k8s.api.core.v1.ConfigMap')?.fields.metadata ?? ''

const TYPE_OF_DELETE = `${META}.DeleteOptions`
