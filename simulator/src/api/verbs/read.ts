/** get and list. */
import { type Resource, shownAs } from '../../kinds/resource.js'
import { type KubeObject, keyOf } from '../../objects/object.js'
import { type LabelMatcher, parseFieldSelector, parseLabelSelector } from '../../objects/selector.js'
import { failure } from '../../objects/status.js'
import { type ApiContext, keyFor } from '../context.js'
import type { ApiRequest, ListOptions, ObjectList } from '../request.js'

export function getObject(context: ApiContext, request: ApiRequest): KubeObject {
  const { resource, namespace, name } = request
  const stored = context.store.get(resource.storage, keyFor(resource, namespace, name))
  if (!stored) throw failure.notFound(resource, name)
  return shownAs(resource, stored)
}

export type ObjectMatcher = (object: KubeObject) => boolean

/** Both selectors of a list or watch as one test. @throws ApiError 400 where one cannot be read or names an unknown field */
export function matcherOf(resource: Resource, options: ListOptions): ObjectMatcher {
  const labels = parseLabelSelector(options.labelSelector)
  const fields = parseFieldSelector(options.fieldSelector)
  for (const { field } of fields)
    if (!valueReader(resource, field)) throw failure.badRequest(`field label not supported: ${field}`)
  return matchBoth(resource, labels, fields)
}

function matchBoth(resource: Resource, labels: LabelMatcher, fields: ReturnType<typeof parseFieldSelector>): ObjectMatcher {
  const tests = fields.map(({ field, equals, value }) => {
    const read = valueReader(resource, field)
    return (object: KubeObject) => (read?.(object) === value) === equals
  })
  return (object) => labels(object.metadata.labels) && tests.every((test) => test(object))
}

function valueReader(resource: Resource, field: string): ((object: KubeObject) => string) | undefined {
  if (field === 'metadata.name') return (object) => object.metadata.name
  if (field === 'metadata.namespace' && resource.namespaced) return (object) => object.metadata.namespace ?? ''
  return resource.rules.fields?.[field]
}

interface ContinueToken {
  /** Revision of the first page. */
  rv: number
  /** The key after which the next page starts. */
  after: string
}

const writeToken = (token: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url')

function readToken(text: string): ContinueToken {
  try {
    const { rv, after } = JSON.parse(Buffer.from(text, 'base64url').toString()) as ContinueToken
    if (typeof rv === 'number' && typeof after === 'string') return { rv, after }
  } catch {
    // Falls through to the one answer for every kind of nonsense.
  }
  throw failure.badRequest('continue key is not valid: illegal base64 data')
}

/** Snapshots of lists that somebody is paging through: later pages show the same state as the first. */
const MOST_SNAPSHOTS = 8
const snapshots = new WeakMap<object, Map<string, KubeObject[]>>()

function snapshotAt(context: ApiContext, request: ApiRequest, token: ContinueToken): KubeObject[] {
  const kept = snapshots.get(context.store)?.get(`${token.rv} ${request.resource.storage} ${request.namespace}`)
  if (kept) return kept
  if (token.rv === context.store.revision) return context.store.list(request.resource.storage, request.namespace)
  throw failure.expired(
    'The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.',
  )
}

function keepSnapshot(context: ApiContext, request: ApiRequest, revision: number, items: KubeObject[]): void {
  let kept = snapshots.get(context.store)
  if (!kept) {
    kept = new Map()
    snapshots.set(context.store, kept)
  }
  kept.set(`${revision} ${request.resource.storage} ${request.namespace}`, items)
  const oldest = kept.keys().next().value
  if (kept.size > MOST_SNAPSHOTS && oldest !== undefined) kept.delete(oldest)
}

/** A page of the list, or all of it. Names in the request narrow it to one object, as a field selector would. */
export function listObjects(context: ApiContext, request: ApiRequest): ObjectList {
  const options = request.list ?? {}
  const { resource } = request
  const matches = matcherOf(resource, options)
  const token = options.continue ? readToken(options.continue) : undefined
  const revision = token?.rv ?? context.store.revision
  const all = token ? snapshotAt(context, request, token) : context.store.list(resource.storage, request.namespace)
  const rest = token ? all.filter((object) => keyOf(object) > token.after) : all
  const shown = rest.filter((object) => matches(object))
  const limit = options.limit && options.limit > 0 ? options.limit : shown.length
  const items = shown.slice(0, limit)
  const list: ObjectList = {
    items: resource.conversion ? items.map((item) => shownAs(resource, item)) : items,
    resourceVersion: String(revision),
  }
  const last = items.at(-1)
  if (shown.length <= limit || !last) return list
  keepSnapshot(context, request, revision, all)
  const isFiltered = Boolean(options.labelSelector || options.fieldSelector)
  return {
    ...list,
    continue: writeToken({ rv: revision, after: keyOf(last) }),
    ...(isFiltered ? {} : { remaining: shown.length - limit }),
  }
}
