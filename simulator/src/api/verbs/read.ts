/** get and list. */
import { type Resource, shownAs } from '../../kinds/resource.js'
import { syntaxProblem } from '../../objects/go-json.js'
import { type KubeObject, keyOf } from '../../objects/object.js'
import { type LabelMatcher, parseFieldSelector, parseLabelSelector } from '../../objects/selector.js'
import { ApiError, failure } from '../../objects/status.js'
import { CompactedError } from '../../storage/store.js'
import { type ApiContext, keyFor } from '../context.js'
import type { ApiRequest, ListOptions, ObjectList } from '../request.js'

/** @throws ApiError 500 as upstream answers to what is no number */
export function readRevision(text: string | undefined): number {
  if (!text) return 0
  if (/^\d+$/.test(text)) return Number(text)
  throw new ApiError(500, '', revisionProblem(text))
}
const revisionProblem = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`

export function getObject(context: ApiContext, request: ApiRequest): KubeObject {
  const { resource, namespace, name } = request
  const revision = readRevision(request.list?.resourceVersion)
  if (revision > context.store.revision) throw failure.futureRevision(revision, context.store.revision)
  const stored = context.store.get(resource.storage, keyFor(resource, namespace, name))
  if (!stored) throw failure.notFound(resource, name)
  return shownAs(resource, stored)
}

export type ObjectMatcher = (object: KubeObject) => boolean

/** Both selectors of a list or watch as one test. @throws ApiError 400 where one cannot be read or names an unknown field */
export function matcherOf(resource: Resource, options: ListOptions): ObjectMatcher {
  const labels = parseLabelSelector(options.labelSelector)
  const fields = parseFieldSelector(options.fieldSelector)
  for (const { field } of fields) if (!valueReader(resource, field)) throw failure.badRequest(unknownField(resource, field))
  return matchBoth(resource, labels, fields)
}

/** Kinds without fields of their own have the words of apimachinery/pkg/runtime/conversion.go. */
const unknownField = ({ rules, custom }: Resource, field: string): string =>
  rules.fields && (!custom || Object.keys(rules.fields).length > 0)
    ? `field label not supported: ${field}`
    : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`

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
  /** Revision of the first page; -1 goes on with the present state, as after an answer that the first is gone. */
  rv: number
  /** The key after which the next page starts. */
  after: string
}
const PRESENT = -1

const writeToken = (token: ContinueToken): string =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url')

function readToken(text: string): ContinueToken {
  const wrong = [...text].findIndex((letter) => !/[\w-]/.test(letter))
  const bytes = Buffer.from(text, 'base64url')
  const problem =
    wrong >= 0
      ? `illegal base64 data at input byte ${wrong}`
      : text.length % 4 === 1
        ? `illegal base64 data at input byte ${text.length - 1}`
        : syntaxProblem(bytes)
  if (problem) throw failure.badRequest(`invalid continue token: continue key is not valid: ${problem}`)
  const { rv, after } = JSON.parse(bytes.toString()) as Partial<ContinueToken>
  if (typeof rv === 'number' && typeof after === 'string') return { rv, after }
  throw failure.badRequest('invalid continue token: continue key is not valid: server does not recognize this encoded version ""')
}

const TOO_OLD_TO_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

function pageAt(context: ApiContext, request: ApiRequest, token: ContinueToken): KubeObject[] {
  const { resource, namespace } = request
  if (token.rv === PRESENT) return context.store.list(resource.storage, namespace)
  try {
    return context.store.listAt(resource.storage, namespace, token.rv)
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error
    throw failure.expired(TOO_OLD_TO_CONTINUE, writeToken({ rv: PRESENT, after: token.after }))
  }
}

/** The state that a list without a token shows, and its revision. @throws ApiError 400, 410, 504 */
function stateOf(context: ApiContext, request: ApiRequest): { all: KubeObject[]; revision: number } {
  const { store } = context
  const { resource, namespace, list = {} } = request
  const asked = list.resourceVersion
  if (asked && !/^\d+$/.test(asked)) throw failure.badRequest(`invalid resource version: ${revisionProblem(asked)}`)
  const revision = Number(asked || 0)
  if (revision > store.revision) throw failure.futureRevision(revision, store.revision)
  if (list.resourceVersionMatch !== 'Exact') return { all: store.list(resource.storage, namespace), revision: store.revision }
  try {
    return { all: store.listAt(resource.storage, namespace, revision), revision }
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error
    throw failure.expired('The resourceVersion for the provided list is too old.')
  }
}

/** A page of the list, or all of it. Names in the request narrow it to one object, as a field selector would. */
export function listObjects(context: ApiContext, request: ApiRequest): ObjectList {
  const options = request.list ?? {}
  const { resource } = request
  const matches = matcherOf(resource, options)
  const token = options.continue ? readToken(options.continue) : undefined
  if (token && options.resourceVersion && options.resourceVersion !== '0')
    throw failure.badRequest('specifying resource version is not allowed when using continue')
  const { all, revision } = token
    ? { all: pageAt(context, request, token), revision: token.rv === PRESENT ? context.store.revision : token.rv }
    : stateOf(context, request)
  const rest = token ? all.filter((object) => keyOf(object) > token.after) : all
  const shown = rest.filter((object) => matches(object))
  // Who takes any state takes all of it at once, as from upstream's cache.
  const isLimited = options.limit !== undefined && options.limit > 0 && options.resourceVersion !== '0'
  const limit = isLimited ? (options.limit ?? 0) : shown.length
  const items = shown.slice(0, limit)
  const list: ObjectList = {
    items: resource.conversion ? items.map((item) => shownAs(resource, item)) : items,
    resourceVersion: String(revision),
  }
  const last = items.at(-1)
  if (shown.length <= limit || !last) return list
  const isFiltered = Boolean(options.labelSelector || options.fieldSelector)
  return {
    ...list,
    continue: writeToken({ rv: revision, after: keyOf(last) }),
    ...(isFiltered ? {} : { remaining: shown.length - limit }),
  }
}
