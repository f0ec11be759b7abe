/**
 * Writes `simulator/data/schema/*.json` and `simulator/data/proto.json` from the published Go modules of Kubernetes: the facts of every
 * API type (fields, types, formats, required, enums, defaults, list and patch semantics, protobuf numbers), without any prose.
 *
 * A maintainer's task (`npm run update:schema -w simulator`): wants the Go toolchain, whose module cache it reads. The output is committed.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const KUBERNETES = 'v1.36.2'
const STAGING = 'v0.36.2'
const data = join(dirname(dirname(fileURLToPath(import.meta.url))), 'data')

const moduleFolder = (path, version) =>
  JSON.parse(execFileSync('go', ['mod', 'download', '-json', `${path}@${version}`], { encoding: 'utf8' })).Dir

const kubernetes = moduleFolder('k8s.io/kubernetes', KUBERNETES)
const prefixOfRef = '#/components/schemas/'

/** The `Enum:` lists of the generated OpenAPI source, by type and property: the published documents leave them out. */
function readEnums() {
  const enums = {}
  let type = ''
  let path = []
  for (const line of readFileSync(join(kubernetes, 'pkg/generated/openapi/zz_generated.openapi.go'), 'utf8').split('\n')) {
    const start = /^func schema_([A-Za-z0-9_]+)\(/.exec(line)
    if (start) {
      type = openApiName(start[1])
      path = []
    }
    const property = /^\t{5}"([^"]+)": \{$/.exec(line)
    if (property) path = [property[1]]
    const values = /^(\t+)Enum:\s+\[\]interface\{\}\{(.*)\},$/.exec(line)
    if (values) {
      enums[`${type}.${path[0]}`] = { values: JSON.parse(`[${values[2]}]`), ofItems: values[1].length > 7 }
    }
  }
  return enums
}

/** `k8sio_api_core_v1_Pod` -> `io.k8s.api.core.v1.Pod` */
function openApiName(goFunction) {
  const parts = goFunction.split('_')
  const host = parts[0] === 'k8sio' ? 'io.k8s' : parts[0]
  return [host, ...parts.slice(1)].join('.')
}

/** One property of an OpenAPI schema as our compact field; see `src/schema/types.ts` for the meaning of each key. */
function fieldOf(schema) {
  const inner = schema.allOf?.[0] ?? schema
  const field = {}
  if (inner.$ref) Object.assign(field, { type: 'ref', ref: inner.$ref.slice(prefixOfRef.length) })
  else if (schema.type === 'array') Object.assign(field, { type: 'array', items: fieldOf(schema.items) })
  else if (schema.additionalProperties) Object.assign(field, { type: 'map', items: fieldOf(schema.additionalProperties) })
  else if (schema.type) field.type = schema.type
  else field.type = 'any'
  if (schema.format) field.format = schema.format
  if (schema.default !== undefined && JSON.stringify(schema.default) !== '{}') field.default = schema.default
  const listType = schema['x-kubernetes-list-type']
  if (listType) field.list = listType
  if (schema['x-kubernetes-list-map-keys']) field.keys = schema['x-kubernetes-list-map-keys']
  if (schema['x-kubernetes-map-type']) field.map = schema['x-kubernetes-map-type']
  if (schema['x-kubernetes-patch-merge-key']) field.mergeKey = schema['x-kubernetes-patch-merge-key']
  if (schema['x-kubernetes-patch-strategy']) field.strategy = schema['x-kubernetes-patch-strategy']
  if (schema['x-kubernetes-preserve-unknown-fields']) field.unknown = true
  return field
}

/**
 * How Go writes a field that has its zero value: `omit` (a plain value with omitempty), `keep` (always written), or neither, for a
 * pointer; and the order of the fields. The OpenAPI documents do not say; the structs do.
 */
function readStructsOfModules() {
  const structs = {}
  for (const [path, below, prefix] of [
    ['k8s.io/api', '', 'io.k8s.api'],
    ['k8s.io/apimachinery', 'pkg/apis/meta', 'io.k8s.apimachinery.pkg.apis.meta'],
    ['k8s.io/apiextensions-apiserver', 'pkg/apis/apiextensions', 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions'],
    ['k8s.io/kube-aggregator', 'pkg/apis/apiregistration', 'io.k8s.kube-aggregator.pkg.apis.apiregistration'],
  ]) {
    const root = join(moduleFolder(path, STAGING), below)
    for (const file of readdirSync(root, { recursive: true }).sort()) {
      if (!/(^|\/)types[a-z_]*\.go$/.test(file)) continue
      readStructs(join(root, file), `${prefix}.${dirname(file).replaceAll('/', '.')}`, structs)
    }
  }
  return structs
}

function readStructs(file, packageName, structs) {
  const text = readFileSync(file, 'utf8')
  for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    // In the order of the source, which is the order in which Go writes them.
    const members = []
    for (const [, type, tags, json, flags] of body.matchAll(/^\t(?:\w+\s+)?(\S+)\s+`(.*?json:"([^",]*)([^"]*)".*)`/gm)) {
      const number = Number(/protobuf:"\w+,(\d+)/.exec(tags)?.[1] ?? 0)
      const go = goType(type, packageName)
      if (json) members.push({ json, zero: type.startsWith('*') ? undefined : zeroByTag(type, flags), go, number })
      else if (flags.includes('inline')) members.push({ embedded: type.includes('TypeMeta') ? TYPE_META : type, number })
    }
    structs[`${packageName}.${name}`] = members
  }
}

/** A type as Go names it in its complaints: `*[]Container` of core is `[]v1.Container`. */
function goType(source, packageName) {
  const folder = packageName.slice(packageName.lastIndexOf('.') + 1)
  const named = source
    .replace(/^\*/, '')
    .replace(/(^|[[\]*])([A-Z])/g, `$1${folder}.$2`)
    .replace(/\b\w*?(v\d\w*)\./g, '$1.')
    .replace(/\bbyte\b/g, 'uint8')
  return named.replace('apiextensions.', 'v1.')
}

const TYPE_META = 'TypeMeta'

function zeroByTag(type, flags) {
  if (flags.includes('omitzero') || (flags.includes('omitempty') && !/^[A-Z]|\./.test(type))) return 'omit'
  return flags.includes('omitempty') ? 'omitempty' : 'keep'
}

/** The members of a struct and of the structs embedded there (`within`), by their names in JSON, in Go's order. */
function membersOf(structs, type, within = []) {
  const packageName = type.slice(0, type.lastIndexOf('.'))
  return (structs[type] ?? []).flatMap(({ json, zero, embedded, go }) => {
    if (embedded === TYPE_META) return [{ json: 'kind' }, { json: 'apiVersion' }].map((each) => ({ ...each, zero: 'omit' }))
    return embedded ? membersOf(structs, `${packageName}.${embedded}`, [...within, embedded]) : [{ json, zero, go, within }]
  })
}

/** Brings the fields into Go's order. A named Go type with omitempty is omitted when zero unless it is a struct: Go always writes that. */
function addGoFacts(types, structs) {
  for (const [name, type] of Object.entries(types)) {
    if (!type.fields) continue
    const members = membersOf(structs, name)
    for (const { json, zero, go, within } of members) {
      const field = type.fields[json]
      if (field && go) addGoType(field, go)
      if (field && within?.length) field.within = within.join('.')
      const isStruct = field?.type === 'ref' && types[field.ref]
      if (field && zero) field.zero = zero === 'omitempty' ? (isStruct ? 'keep' : 'omit') : zero
    }
    const known = members.flatMap(({ json }) => (json in type.fields ? [[json, type.fields[json]]] : []))
    type.fields = { ...Object.fromEntries(known), ...type.fields }
  }
}

/** The name of the Go type, where the rest of the field does not tell it. The same rule is in `src/schema/go-words.ts`. */
function addGoType(field, go) {
  if (field.items) {
    const inner = /^(?:\[\]|map\[[^\]]*\])(.*)$/.exec(go)?.[1]
    if (inner) addGoType(field.items, inner.replace(/^\*/, ''))
  }
  if (go !== plainGoType(field)) field.go = go
}

const GO_SCALARS = { string: 'string', boolean: 'bool', number: 'float64' }

function plainGoType({ type, format, items = { type: 'any' }, ref = '' }) {
  if (format === 'byte') return '[]uint8'
  if (type === 'integer') return format === 'int64' ? 'int64' : 'int32'
  if (type === 'array') return `[]${items.go ?? plainGoType(items)}`
  if (type === 'map') return `map[string]${items.go ?? plainGoType(items)}`
  if (type === 'ref') return ref.split('.').slice(-2).join('.')
  return GO_SCALARS[type] ?? 'interface {}'
}

function typeOf(name, schema, enums) {
  const type = {}
  if (schema.properties) {
    type.fields = {}
    for (const [property, value] of Object.entries(schema.properties)) {
      const field = fieldOf(value)
      const found = enums[`${name}.${property}`]
      if (found) (found.ofItems && field.items ? field.items : field).enum = found.values
      type.fields[property] = field
    }
  } else if (schema.type) Object.assign(type, { scalar: schema.type, ...(schema.format ? { format: schema.format } : {}) })
  else type.scalar = schema.oneOf ? 'int-or-string' : 'any'
  if (schema.required) type.required = schema.required
  if (schema['x-kubernetes-map-type']) type.map = schema['x-kubernetes-map-type']
  if (schema['x-kubernetes-unions']) type.unions = schema['x-kubernetes-unions']
  if (schema['x-kubernetes-preserve-unknown-fields']) type.unknown = true
  const kinds = schema['x-kubernetes-group-version-kind']
  if (kinds) type.kinds = kinds.length > 3 ? 'every' : kinds.map((kind) => [kind.group, kind.version, kind.kind].join('/'))
  return type
}

/** Every schema of every published OpenAPI v3 document, once. */
function readTypes() {
  const folder = join(kubernetes, 'api/openapi-spec/v3')
  const enums = readEnums()
  const types = {}
  for (const file of readdirSync(folder).sort()) {
    const document = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) types[name] ??= typeOf(name, schema, enums)
  }
  return types
}

/** `message X { optional .k8s.io.Y f = 3; repeated ...; map<string, Z> ... }` of one generated.proto, comments removed. */
function readProto(file, messages) {
  const text = readFileSync(file, 'utf8').replace(/\/\/.*$/gm, '')
  const packageName = /^package ([\w.]+);/m.exec(text)?.[1] ?? ''
  for (const [, name, body] of text.matchAll(/^message (\w+) \{([^}]*)\}/gm)) {
    messages[`${packageName}.${name}`] = [...body.matchAll(/(optional|repeated|map<string, )\s*([.\w]+)>?\s+(\w+) = (\d+)/g)].map(
      ([, label, type, field, number]) => [Number(number), field, protoType(type, packageName), label[0]],
    )
  }
}

const SCALARS = new Set(['string', 'bool', 'int32', 'int64', 'uint32', 'uint64', 'double', 'float', 'bytes'])
function protoType(type, packageName) {
  if (SCALARS.has(type)) return type
  return type.startsWith('.') ? type.slice(1) : `${packageName}.${type}`
}

const openApiOfProto = (name) =>
  name
    .replace(/^k8s\.io\./, 'io.k8s.')
    .replaceAll('apiextensions_apiserver', 'apiextensions-apiserver')
    .replaceAll('kube_aggregator', 'kube-aggregator')

function readMessages(structs) {
  const messages = {}
  for (const [path, below] of [
    ['k8s.io/api', ''],
    ['k8s.io/apimachinery', 'pkg'],
    ['k8s.io/apiextensions-apiserver', 'pkg/apis/apiextensions/v1'],
    ['k8s.io/kube-aggregator', 'pkg/apis/apiregistration/v1'],
  ]) {
    const root = join(moduleFolder(path, STAGING), below)
    for (const file of readdirSync(root, { recursive: true }).sort()) {
      if (file.endsWith('generated.proto')) readProto(join(root, file), messages)
    }
  }
  // The names of JSON are those of the structs; a Go struct embedded in another is a field of its own in protobuf and none in JSON.
  for (const [name, fields] of Object.entries(messages)) {
    const members = structs[openApiOfProto(name)]
    for (const field of members ? fields : []) {
      const member = members.find(({ number }) => number === field[0])
      if (member?.embedded) field.push('inline')
      else if (member && member.json !== '-') field[1] = member.json
    }
  }
  return messages
}

/** TypeScript interfaces of the served types, named as in Go; where two versions of a group share a name, the newer has it. */
function typeScript(types) {
  const groups = [
    'core.v1',
    'apps.v1',
    'batch.v1',
    'autoscaling.v2',
    'policy.v1',
    'networking.v1',
    'discovery.v1',
    'storage.v1',
    'rbac.v1',
  ]
  groups.push(
    'certificates.v1',
    'coordination.v1',
    'node.v1',
    'scheduling.v1',
    'authentication.v1',
    'authorization.v1',
    'events.v1',
    'admissionregistration.v1',
  )
  const wanted = [
    'io.k8s.apimachinery.pkg.apis.meta.v1',
    ...groups.map((group) => `io.k8s.api.${group}`),
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  ]
  const names = new Map()
  for (const folder of wanted)
    for (const name of Object.keys(types)) {
      const short = name.slice(name.lastIndexOf('.') + 1)
      if (name !== `${folder}.${short}`) continue
      const isTaken = [...names.values()].includes(short)
      const group = folder.split('.').at(-2) ?? ''
      names.set(name, isTaken ? `${group[0].toUpperCase()}${group.slice(1)}${short}` : short)
    }
  const tsOf = (field) => {
    if (field.type === 'ref')
      return names.get(field.ref) ?? (field.ref.endsWith('.Quantity') ? 'string' : scalarTs(types[field.ref]))
    if (field.type === 'array') return `${field.items.enum ? `(${tsOf(field.items)})` : tsOf(field.items)}[]`
    if (field.type === 'map') return `Record<string, ${tsOf(field.items)}>`
    return scalarTs({ scalar: field.type })
  }
  const lines = ['/** Interfaces of the API types, generated by `npm run update:schema`. Do not edit. */', '']
  for (const [name, short] of names) {
    const type = types[name]
    if (!type.fields) {
      lines.push(`export type ${short} = ${scalarTs(type)}`, '')
      continue
    }
    const isKind = Boolean(type.fields.apiVersion && type.fields.metadata)
    const isMeta = short === 'ObjectMeta'
    lines.push(`export interface ${short} {`)
    for (const [property, field] of Object.entries(type.fields)) {
      const sure =
        type.required?.includes(property) ||
        (isKind && ['apiVersion', 'kind', 'metadata', 'spec'].includes(property)) ||
        (isMeta && ['name', 'uid'].includes(property))
      lines.push(
        `  ${/^\w+$/.test(property) ? property : JSON.stringify(property)}${sure ? '' : '?'}: ${tsOf(field)}${sure ? '' : ' | undefined'}`,
      )
    }
    lines.push('}', '')
  }
  return lines.join('\n')
}

function scalarTs(type) {
  const known = { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', 'int-or-string': 'number | string' }
  return known[type?.scalar] ?? 'unknown'
}

const oneLineAnEntry = (entries) =>
  `{\n${Object.keys(entries)
    .sort()
    .map((key) => `${JSON.stringify(key)}: ${JSON.stringify(entries[key])}`)
    .join(',\n')}\n}\n`

const types = readTypes()
const structs = readStructsOfModules()
addGoFacts(types, structs)
rmSync(join(data, 'schema'), { recursive: true, force: true })
mkdirSync(join(data, 'schema'), { recursive: true })
const files = {}
for (const [name, type] of Object.entries(types)) {
  const file = name.slice(0, name.lastIndexOf('.'))
  files[file] ??= {}
  files[file][name] = type
}
for (const [file, entries] of Object.entries(files)) writeFileSync(join(data, 'schema', `${file}.json`), oneLineAnEntry(entries))
writeFileSync(join(dirname(data), 'src/schema/kubernetes.generated.ts'), typeScript(types))
writeFileSync(join(data, 'proto.json'), oneLineAnEntry(readMessages(structs)))
