/** What the expressions of policies and match conditions can name. Models apiserver/pkg/admission/plugin/cel/{compile,condition}.go. */

import { serviceAccountUser } from '../../access/users.js'
import type { User } from '../../api/request.js'
import { type AccessCheck, authorizerValue, resourceCheckValue } from '../../cel/functions/authorizer.js'
import { parseTimestamp } from '../../cel/functions/times.js'
import { fromJson } from '../../cel/json.js'
import type { CelType } from '../../cel/types.js'
import { FieldMap, type Value } from '../../cel/values.js'
import type { Resource } from '../../kinds/resource.js'
import { clone, fieldsOf, isObject, type Json, type JsonObject } from '../../objects/object.js'
import type { AdmissionReview } from '../admission.js'
import { shownObjects } from '../rules.js'
import { NAMESPACE, REQUEST } from './environment.js'

function userInfo({ name, uid, groups, extra }: User): JsonObject {
  return { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) }
}

const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' }

/** The `request` of an AdmissionReview, without its objects. @param as what the rules took the request for */
export function admissionRequest(review: AdmissionReview, as: Resource): JsonObject {
  const { request, operation, object } = review
  const { resource, subresource, namespace } = request
  const kind = ({ group, version, kind: name }: Resource) => ({ group, version, kind: name })
  const path = ({ group, version, resource: plural }: Resource) => ({ group, version, resource: plural })
  const sub = subresource ? resource.subresources.get(subresource)?.kind : undefined
  const kindOf = (each: Resource) => (sub && subresource !== 'status' ? { ...sub } : kind(each))
  return {
    kind: kindOf(as),
    resource: path(as),
    ...(subresource ? { subResource: subresource, requestSubResource: subresource } : {}),
    requestKind: kindOf(resource),
    requestResource: path(resource),
    name: request.name || object.metadata.name || '',
    ...(resource.namespaced ? { namespace } : object.kind === 'Namespace' ? { namespace: object.metadata.name } : {}),
    operation,
    userInfo: userInfo(request.user),
    dryRun: request.dryRun === true,
    options: optionsOf(review),
  }
}

/** A connection has none: what it asks for is the object. */
function optionsOf({ request, operation }: AdmissionReview): JsonObject | null {
  if (operation === 'CONNECT') return null
  const options: JsonObject = { kind: OPTIONS[operation], apiVersion: 'meta.k8s.io/v1' }
  if (operation === 'DELETE') Object.assign(options, request.deletion)
  else if (request.fieldManager) options.fieldManager = request.fieldManager
  if (request.dryRun) options.dryRun = ['All']
  if (operation !== 'DELETE' && request.fieldValidation) options.fieldValidation = request.fieldValidation
  return options
}

/** An object whose declared fields all are there, empty ones too, as Go writes its zero values. */
function typed(type: CelType, json: Json | undefined): Value {
  switch (type.kind) {
    case 'object': {
      const own = isObject(json) ? json : {}
      const names = Object.keys(type.fields)
      return new FieldMap(type.name, names, (name) => {
        const field = type.fields[name]
        return field && (own[name] !== undefined || isPlain(field)) ? typed(field, own[name]) : undefined
      })
    }
    case 'list':
      return (Array.isArray(json) ? json : []).map((each) => typed(type.item, each))
    case 'map':
      return fromJson(isObject(json) ? json : {})
    case 'timestamp':
      return typeof json === 'string' ? (parseTimestamp(json) ?? null) : null
    case 'string':
      return typeof json === 'string' ? json : ''
    case 'int':
      return BigInt(Number(json ?? 0))
    case 'bool':
      return json === true
    default:
      return fromJson(json)
  }
}

const isPlain = ({ kind }: CelType): boolean => kind !== 'timestamp'

function namespaceObject({ context, request, object }: AdmissionReview): Value {
  if (!request.resource.namespaced || (object.kind === 'Namespace' && request.resource.group === '')) return null
  const found = context.store.get('namespaces', request.namespace)
  return found ? typed(NAMESPACE, fieldsOf({ ...found, metadata: { ...found.metadata, UID: found.metadata.uid } }) as Json) : null
}

/** Answers what the user of a request may do. */
export function accessCheck({ context, request }: AdmissionReview): AccessCheck {
  return ({ serviceAccount, ...question }) => {
    const user = serviceAccount ? serviceAccountUser(serviceAccount.namespace, serviceAccount.name) : request.user
    const refusal = context.authorizer.refuse({ user, ...question })
    return { allowed: refusal === undefined, reason: refusal ?? '' }
  }
}

/** The values of one review, each made once. */
export class ReviewVariables {
  readonly #known = new Map<string, Value | undefined>()
  constructor(
    readonly review: AdmissionReview,
    readonly as: Resource,
    readonly params?: JsonObject | undefined,
  ) {}

  /** What the values are made of, as it is now: a policy that mutates changes the object. */
  inputs(): unknown[] {
    const { object, old, request } = this.review
    return [clone(object), old, this.params, this.as, request.user]
  }

  get(name: string): Value | undefined {
    if (!this.#known.has(name)) this.#known.set(name, this.#make(name))
    return this.#known.get(name)
  }

  #make(name: string): Value | undefined {
    const { review, as } = this
    switch (name) {
      case 'object':
      case 'oldObject': {
        const { object, old } = shownObjects(review, as)
        const shown = name === 'object' ? object : old
        return shown ? fromJson(fieldsOf(shown) as Json) : null
      }
      case 'request': {
        const request = admissionRequest(review, as)
        return fieldMap(REQUEST, request)
      }
      case 'namespaceObject':
        return namespaceObject(review)
      case 'params':
        return this.params ? fromJson(this.params) : null
      case 'authorizer':
        return authorizerValue(accessCheck(review))
      case 'authorizer.requestResource': {
        const { resource, subresource, namespace, name: target } = review.request
        const { group, resource: plural } = resource
        return resourceCheckValue(accessCheck(review), { group, resource: plural, subresource, namespace, name: target })
      }
      default:
        return undefined
    }
  }
}

/** Only what was set is there, as upstream converts the request to a map. */
function fieldMap(type: CelType, json: JsonObject): Value {
  if (type.kind !== 'object') return fromJson(json)
  const names = Object.keys(type.fields).filter((name) => json[name] !== undefined)
  return new FieldMap(type.name, names, (name) => {
    const value = json[name]
    const field = type.fields[name]
    if (value === undefined || !field) return undefined
    return isObject(value) && field.kind === 'object' ? fieldMap(field, value) : fromJson(value)
  })
}
