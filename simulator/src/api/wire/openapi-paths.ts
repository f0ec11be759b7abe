/** The paths of OpenAPI v3: which requests a resource takes, with their parameters, bodies and answers. */
import type { GroupVersionKind, Resource, Subresource } from '../../kinds/resource.js'
import { META, typeForKind } from '../../schema/types.js'

export type Schema = Record<string, unknown>
export const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })

/** `com.example.v1.Widget` */
export const customTypeName = ({ group, version, kind }: GroupVersionKind): string =>
  [...group.split('.').reverse(), version, kind].join('.')

const BODIES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']
const CUSTOM_BODIES = ['application/json', 'application/yaml']
const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]
const DELETE_OPTIONS = `${META}.DeleteOptions`
const STATUS = `${META}.Status`
const PATCH = `${META}.Patch`
/** Schemas that the paths of every document name. */
export const PATH_TYPES = [DELETE_OPTIONS, STATUS, PATCH, `${META}.WatchEvent`]

const parameter = (name: string, type = 'string', where = 'query'): Schema => ({
  name,
  in: where,
  ...(where === 'path' ? { required: true } : {}),
  schema: { type, uniqueItems: true },
})
const WRITE = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => parameter(name))
const DELETE = [
  parameter('dryRun'),
  parameter('gracePeriodSeconds', 'integer'),
  parameter('orphanDependents', 'boolean'),
  parameter('propagationPolicy'),
]
const LIST = [
  parameter('allowWatchBookmarks', 'boolean'),
  parameter('continue'),
  parameter('fieldSelector'),
  parameter('labelSelector'),
  parameter('limit', 'integer'),
  parameter('resourceVersion'),
  parameter('resourceVersionMatch'),
  parameter('sendInitialEvents', 'boolean'),
  parameter('timeoutSeconds', 'integer'),
  parameter('watch', 'boolean'),
]

const content = (media: string[], type: string) => ({
  content: Object.fromEntries(media.map((each) => [each, { schema: reference(type) }])),
})

interface Operation {
  action: string
  parameters?: Schema[]
  body?: { media: string[]; type: string }
  answer: string
  code?: number
}

function operation(about: GroupVersionKind, { action, parameters = [], body, answer, code = 200 }: Operation): Schema {
  const { group, version, kind } = about
  return {
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
    parameters,
    ...(body ? { requestBody: { ...content(body.media, body.type), required: true } } : {}),
    responses: {
      [code]: { description: code === 201 ? 'Created' : 'OK', ...content(['application/json'], answer) },
      401: { description: 'Unauthorized' },
    },
  }
}

const typeOf = (kind: GroupVersionKind): string => typeForKind(kind.group, kind.version, kind.kind) ?? customTypeName(kind)

/** What may be done with one object or a part of it, by method. */
function single(about: GroupVersionKind, verbs: string[], type: string): Schema {
  const isCustom = !typeForKind(about.group, about.version, about.kind)
  const body = { media: isCustom ? CUSTOM_BODIES : BODIES, type }
  const patches = isCustom ? PATCHES.filter((media) => !media.includes('strategic')) : PATCHES
  const all: [string, string, Schema][] = [
    ['get', 'get', operation(about, { action: 'get', answer: type })],
    ['create', 'post', operation(about, { action: 'post', parameters: WRITE, body, answer: type, code: 201 })],
    ['update', 'put', operation(about, { action: 'put', parameters: WRITE, body, answer: type })],
    [
      'patch',
      'patch',
      operation(about, {
        action: 'patch',
        parameters: [...WRITE, parameter('force', 'boolean')],
        body: { media: patches, type: PATCH },
        answer: type,
      }),
    ],
    [
      'delete',
      'delete',
      operation(about, { action: 'delete', parameters: DELETE, body: { media: BODIES, type: DELETE_OPTIONS }, answer: STATUS }),
    ],
  ]
  return Object.fromEntries(all.filter(([verb]) => verbs.includes(verb)).map(([, method, value]) => [method, value]))
}

/** The list type is not among the schemas of custom resources: their lists are told by the item alone. */
export const listTypeOf = (resource: Resource): string =>
  typeForKind(resource.group, resource.version, `${resource.kind}List`) ?? typeOf(resource)

function collection(resource: Resource): Schema {
  const { verbs } = resource
  const type = typeOf(resource)
  const result: Schema = {}
  if (verbs.includes('list')) result.get = operation(resource, { action: 'list', parameters: LIST, answer: listTypeOf(resource) })
  if (verbs.includes('create'))
    result.post = operation(resource, {
      action: 'post',
      parameters: WRITE,
      body: { media: BODIES, type },
      answer: type,
      code: 201,
    })
  if (verbs.includes('deletecollection'))
    result.delete = operation(resource, { action: 'deletecollection', parameters: [...DELETE, ...LIST], answer: STATUS })
  return result
}

/** Subresources that are a connection: their options have no schema of an object. */
const isObject = ({ name }: Subresource): boolean => !['log', 'exec', 'attach', 'portforward', 'proxy'].includes(name)

/** @returns path and methods; every path of the resource that the server answers on */
export function pathsFor(resource: Resource): [string, Schema][] {
  const { group, version, namespaced } = resource
  const root = `${group ? `/apis/${group}` : '/api'}/${version}`
  const base = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${resource.resource}`
  const own = namespaced ? [parameter('namespace', 'string', 'path')] : []
  const withName = [parameter('name', 'string', 'path'), ...own]
  const one = single(
    resource,
    resource.verbs.filter((verb) => verb !== 'create'),
    typeOf(resource),
  )
  const paths: [string, Schema][] = [
    [base, { ...collection(resource), ...(own.length ? { parameters: own } : {}) }],
    [`${base}/{name}`, { ...one, parameters: withName }],
  ]
  if (namespaced && resource.verbs.includes('list'))
    paths.push([`${root}/${resource.resource}`, { get: collection(resource).get }])
  for (const sub of resource.subresources.values()) {
    const methods = isObject(sub)
      ? single(sub.kind, sub.verbs, typeOf(sub.kind))
      : Object.fromEntries(
          sub.verbs
            .filter((verb) => verb === 'get')
            .map(() => ['get', operation(sub.kind, { action: 'connect', answer: STATUS })]),
        )
    paths.push([`${base}/{name}/${sub.name}`, { ...methods, parameters: withName }])
  }
  return paths.filter(([, methods]) => Object.keys(methods).some((name) => name !== 'parameters'))
}
