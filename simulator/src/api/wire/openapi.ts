/** OpenAPI v3, a document a group and version, made from the facts and the prose when it is first asked for and then shared by all clusters. */
import { createHash } from 'node:crypto'
import { apiVersionOf, builtIns, type Resource, type Resources } from '../../kinds/resource.js'
import { proseOf, type TypeProse } from '../../schema/descriptions.js'
import { type Field, factsOf, META, OBJECT_META, type TypeFacts, typeForKind } from '../../schema/types.js'
import { customTypeName, listTypeOf, PATH_TYPES, pathsFor, reference, type Schema } from './openapi-paths.js'

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

function schemasFor(roots: string[]): Record<string, Schema> {
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
function customSchema(resource: Resource): Schema {
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

interface Document {
  text: Buffer
  hash: string
}
const documents = new Map<string, Document>()

const versionPath = ({ group, version }: { group: string; version: string }): string =>
  group ? `apis/${group}/${version}` : `api/${version}`

const customSchemas = (served: Resource[]): Record<string, Schema> =>
  Object.fromEntries(served.filter(({ custom }) => custom).map((each) => [customTypeName(each), customSchema(each)]))

/** Computed kinds, such as those of metrics, have no facts of ours: their names must be found nevertheless. */
const otherSchemas = (served: Resource[]): Record<string, Schema> =>
  Object.fromEntries(
    served
      .filter(({ custom, typeName }) => !custom && !typeName)
      .map((each) => {
        const { group, version, kind } = each
        return [customTypeName(each), { type: 'object', 'x-kubernetes-group-version-kind': [{ group, version, kind }] }]
      }),
  )

const subresourceTypes = ({ subresources }: Resource): string[] =>
  [...subresources.values()].flatMap(({ kind }) => typeForKind(kind.group, kind.version, kind.kind) ?? [])

function build(served: Resource[]): Document {
  const roots = served
    .flatMap((each) => each.typeName ?? [])
    .concat(served.map(listTypeOf), served.flatMap(subresourceTypes), PATH_TYPES, OBJECT_META)
  const document = {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.2' },
    paths: Object.fromEntries(served.flatMap(pathsFor)),
    components: { schemas: { ...schemasFor(roots), ...otherSchemas(served), ...customSchemas(served) } },
  }
  const text = Buffer.from(JSON.stringify(document))
  return { text, hash: createHash('sha256').update(text).digest('hex').toUpperCase() }
}

/** The document at `/openapi/v3/PATH`; undefined where nothing is served there. */
export function openApiDocument(resources: Resources, path: string): Buffer | undefined {
  const known = documents.get(path)
  if (known) return known.text
  const served = resources.all().filter((each) => versionPath(each) === path)
  if (served.length === 0) return undefined
  const document = build(served)
  if (served.every((each) => builtIns.includes(each))) documents.set(path, document)
  return document.text
}

/** `/openapi/v3`: where each document is. The hash changes with the version that we model, so that clients may cache. */
export function openApiIndex(resources: Resources) {
  const paths: Record<string, { serverRelativeURL: string }> = {}
  for (const resource of resources.all()) {
    const path = versionPath(resource)
    const names = resources
      .custom()
      .filter((each) => versionPath(each) === path)
      .map((each) => `${apiVersionOf(each)}${each.kind}`)
    const hash = createHash('sha256').update(`v1.36.2 ${path} ${names.join()}`).digest('hex').toUpperCase()
    paths[path] ??= { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }
  }
  return { paths }
}
