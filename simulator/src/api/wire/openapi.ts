/** OpenAPI v3, a document a group and version, made when it is first asked for; those of the built-in kinds are shared by all clusters. */
import { isOver, mayRest, Rest, work } from '../../cel/pieces.js'
import { builtIns, type Resource, type Resources } from '../../kinds/resource.js'
import { dataMark } from '../../schema/data.js'
import { proseVersion } from '../../schema/descriptions.js'
import { OBJECT_META, typeForKind } from '../../schema/types.js'
import { VERSION } from '../../version.js'
import { customTypeName, listTypeOf, PATH_TYPES, pathsFor, type Schema } from './openapi-paths.js'
import { customSchema, schemasFor } from './openapi-schemas.js'
import { openApiV3Protobuf } from './openapi-v3-protobuf.js'
import { markOf } from './tagged.js'

export interface OpenApiDocument {
  text: Buffer
  hash: string
  protobuf?: Buffer
}

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

/** Bytes that are written in the time of one unit of a piece. */
const BYTES_A_UNIT = 4

function build(served: Resource[]): OpenApiDocument {
  const roots = served
    .flatMap((each) => each.typeName ?? [])
    .concat(served.map(listTypeOf), served.flatMap(subresourceTypes), PATH_TYPES, OBJECT_META)
  const document = {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: VERSION.gitVersion },
    paths: Object.fromEntries(served.flatMap(pathsFor)),
    components: { schemas: { ...schemasFor(roots), ...otherSchemas(served), ...customSchemas(served) } },
  }
  const text = Buffer.from(JSON.stringify(document))
  work(text.length / BYTES_A_UNIT)
  return { text, hash: markOf(text) }
}

const builtInServed = new Map<string, Resource[]>()
for (const each of builtIns) builtInServed.set(versionPath(each), [...(builtInServed.get(versionPath(each)) ?? []), each])

const builtInDocuments = new Map<string, OpenApiDocument>()
/** By the last of the resources that a document is of: a definition that changes brings new ones. */
const customDocuments = new WeakMap<Resource, { served: Resource[]; document: OpenApiDocument }>()

function builtInDocument(path: string, served: Resource[]): OpenApiDocument {
  const document = builtInDocuments.get(path) ?? build(served)
  builtInDocuments.set(path, document)
  return document
}

function customDocument(served: Resource[]): OpenApiDocument | undefined {
  const last = served.at(-1)
  if (!last) return undefined
  const known = customDocuments.get(last)
  if (known?.served.length === served.length && known.served.every((each, index) => each === served[index])) return known.document
  const document = build(served)
  customDocuments.set(last, { served, document })
  return document
}

/** The document at `/openapi/v3/PATH`; undefined where nothing is served there. */
export function openApiDocument(resources: Resources, path: string): OpenApiDocument | undefined {
  const builtIn = builtInServed.get(path)
  const custom = resources.custom().filter((each) => versionPath(each) === path)
  if (builtIn && custom.length === 0) return builtInDocument(path, builtIn)
  return customDocument([...(builtIn ?? []), ...custom])
}

export function openApiDocumentBytes(document: OpenApiDocument, form: 'json' | 'protobuf'): Buffer {
  if (form === 'json') return document.text
  document.protobuf ??= openApiV3Protobuf(JSON.parse(String(document.text)))
  return document.protobuf
}

/** The documents of all that Kubernetes itself serves. @throws Rest where the request may rest and has made a few */
export function builtInOpenApi(): OpenApiDocument[] {
  return [...builtInServed].map(([path, served]) => {
    if (mayRest() && isOver() && !builtInDocuments.has(path)) throw new Rest(() => Boolean(builtInDocument(path, served)))
    return builtInDocument(path, served)
  })
}

/** The documents of a cluster's custom resources. */
export function customOpenApi(resources: Resources): OpenApiDocument[] {
  const paths = new Set(resources.custom().map(versionPath))
  return [...paths].flatMap((path) => openApiDocument(resources, path) ?? [])
}

/** One of the smallest: it shows in which form documents are made. */
const SAMPLE = 'apis/node.k8s.io/v1'
let sourcesMark: string | undefined

/** What all documents of built-in kinds come from, marked without making them all. */
function markOfSources(): string {
  const sample = builtInServed.get(SAMPLE)
  sourcesMark ??= [VERSION.gitVersion, dataMark('schema'), proseVersion(), sample && builtInDocument(SAMPLE, sample).hash].join(
    ' ',
  )
  return sourcesMark
}

/** By which clients know the document at a path; undefined where nothing is served there. */
export function openApiHash(resources: Resources, path: string): string | undefined {
  const isBuiltIn = builtInServed.has(path) && !resources.custom().some((each) => versionPath(each) === path)
  return isBuiltIn ? markOf(`${markOfSources()} ${path}`) : openApiDocument(resources, path)?.hash
}

export const openApiAddress = (path: string, hash: string): string => `/openapi/v3/${path}?hash=${hash}`

/** `/openapi/v3`: where each document is. */
export function openApiIndex(resources: Resources) {
  const paths: Record<string, { serverRelativeURL: string }> = {}
  for (const path of new Set([...builtInServed.keys(), ...resources.custom().map(versionPath)]))
    paths[path] = { serverRelativeURL: openApiAddress(path, openApiHash(resources, path) ?? '') }
  return { paths }
}
