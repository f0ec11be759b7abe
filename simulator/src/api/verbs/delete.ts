/** delete and deletecollection: preconditions, grace, finalizers and propagation. @see apiserver/pkg/registry/generic/registry/store.go */

import { runValidations } from '../../admission/admission.js'
import { shownAs } from '../../kinds/resource.js'
import { fieldsOf, type KubeObject } from '../../objects/object.js'
import { failure, successStatus } from '../../objects/status.js'
import type { Namespace } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import { type ApiContext, keyFor } from '../context.js'
import { finishDefinition } from '../hooks/custom-resource-definitions.js'
import type { ApiRequest, ApiResult, DeleteOptions } from '../request.js'
import { listObjects } from './read.js'

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

/** The finalizers that an object under deletion will carry, by what the client asked for. */
function finalizersFor(object: KubeObject, options: DeleteOptions): string[] {
  const kept = (object.metadata.finalizers ?? []).filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND)
  const policy =
    options.propagationPolicy ??
    (options.orphanDependents === true ? 'Orphan' : options.orphanDependents === false ? 'Background' : undefined)
  if (policy === 'Orphan') return [...kept, ORPHAN]
  if (policy === 'Foreground') return [...kept, FOREGROUND]
  return policy === undefined ? (object.metadata.finalizers ?? []) : kept
}

function checkPreconditions(request: ApiRequest, object: KubeObject): void {
  const { uid, resourceVersion } = request.deletion?.preconditions ?? {}
  const { resource, name } = request
  if (uid && uid !== object.metadata.uid)
    throw failure.conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid}`,
    )
  if (resourceVersion && resourceVersion !== object.metadata.resourceVersion)
    throw failure.conflict(
      resource,
      name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${object.metadata.resourceVersion}`,
    )
}

export function deleteObject(context: ApiContext, request: ApiRequest): ApiResult {
  const { resource, namespace, name } = request
  const object = context.store.get(resource.storage, keyFor(resource, namespace, name))
  if (!object) throw failure.notFound(resource, name)
  checkPreconditions(request, object)
  runValidations({ context, request, operation: 'DELETE', object, old: object })
  const gone = deleteStored(context, request, object)
  const { resource: shown } = request
  if (gone && !resource.rules.graceSeconds) return { type: 'object', code: 200, object: successStatus(shown, object) }
  return { type: 'object', code: 200, object: shownAs(resource, gone ?? object) }
}

/** Marks the object or removes it. @returns its last state where it was removed, or as marked where it stays */
function deleteStored(context: ApiContext, request: ApiRequest, object: KubeObject): KubeObject | undefined {
  const { resource } = request
  const options = request.deletion ?? {}
  const own = object.metadata.deletionTimestamp ? [] : (resource.rules.deletionFinalizers ?? [])
  const finalizers = [...new Set([...finalizersFor(object, options), ...own])]
  const grace = resource.rules.graceSeconds?.(object, options.gracePeriodSeconds) ?? 0
  const isNamespaceHeld = resource.storage === 'namespaces' && Boolean((object as Namespace).spec?.finalizers?.length)
  const stays = finalizers.length > 0 || grace > 0 || isNamespaceHeld
  const key = keyFor(resource, object.metadata.namespace ?? '', object.metadata.name)
  if (request.dryRun) return object
  if (!stays) return remove(context, request, key, object)
  const marked = mark(context, object, { finalizers, grace })
  if (marked === object) return resource.rules.graceSeconds ? object : undefined
  const stored = context.store.put(resource.storage, key, marked)
  context.hooks.get(resource.storage)?.afterMark?.({ context, request, object: stored })
  return resource.rules.graceSeconds || finalizers.length || isNamespaceHeld ? stored : undefined
}

function mark(
  context: ApiContext,
  object: KubeObject,
  { finalizers, grace }: { finalizers: string[]; grace: number },
): KubeObject {
  const { metadata } = object
  const isFirst = !metadata.deletionTimestamp
  const isShorter = !isFirst && grace < (metadata.deletionGracePeriodSeconds ?? 0)
  const sameFinalizers = finalizers.join() === (metadata.finalizers ?? []).join()
  if (!isFirst && !isShorter && sameFinalizers) return object
  const next = { ...metadata, ...(finalizers.length ? { finalizers } : {}) }
  if (finalizers.length === 0) delete next.finalizers
  if (isFirst || isShorter) {
    next.deletionTimestamp = timestamp(context.clock.now() + grace * 1000)
    next.deletionGracePeriodSeconds = grace
    if (isFirst && next.generation !== undefined) next.generation += 1
  }
  const status = fieldsOf(object).status
  const isNamespace = object.kind === 'Namespace'
  return {
    ...object,
    metadata: next,
    ...(isNamespace ? { status: { ...(status as object), phase: 'Terminating' } } : {}),
  } as KubeObject
}

function remove(context: ApiContext, request: ApiRequest, key: string, object: KubeObject): KubeObject {
  const gone = context.store.remove(request.resource.storage, key) ?? object
  context.hooks.get(request.resource.storage)?.afterDelete?.({ context, request, object: gone })
  if (request.resource.custom) finishDefinition(context, request.resource)
  return gone
}

/** Ends the life of an object whose last finalizer an update has taken away. @returns whether it did */
export function finishDeletion(context: ApiContext, request: ApiRequest, object: KubeObject): boolean {
  const { metadata } = object
  if (!metadata.deletionTimestamp || metadata.finalizers?.length || (metadata.deletionGracePeriodSeconds ?? 0) > 0) return false
  if (request.resource.storage === 'namespaces' && (object as Namespace).spec?.finalizers?.length) return false
  const key = keyFor(request.resource, metadata.namespace ?? '', metadata.name)
  // Watchers see the last state that the update made.
  remove(context, request, key, context.store.put(request.resource.storage, key, object))
  return true
}

export function deleteCollection(context: ApiContext, request: ApiRequest): ApiResult {
  const list = listObjects(context, request)
  const each = (item: KubeObject) => ({ ...request, name: item.metadata.name, namespace: item.metadata.namespace ?? '' })
  // All are judged before any goes: a webhook that has yet to be asked begins the request anew.
  for (const item of list.items) runValidations({ context, request: each(item), operation: 'DELETE', object: item, old: item })
  const items = list.items.map((item) => deleteStored(context, each(item), item) ?? item)
  return { type: 'list', list: { ...list, items } }
}
