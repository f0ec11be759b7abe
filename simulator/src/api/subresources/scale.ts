/** The scale of what has replicas. @see pkg/registry/apps/deployment/storage */

import type { ScalePaths } from '../../custom/definition.js'
import { parseJsonPath, readPath, writePath } from '../../custom/json-path.js'
import { FieldErrors } from '../../objects/field-errors.js'
import { asObject, clone, fieldsOf, isObject, type Json, type JsonObject, type KubeObject } from '../../objects/object.js'
import { formatSelector } from '../../objects/selector.js'
import { mergePatch } from '../../patch/merge.js'
import type { LabelSelector } from '../../schema/kubernetes.generated.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest } from '../request.js'
import { patchFields } from '../verbs/patch.js'
import { replaceObject } from '../verbs/write.js'
import type { SubresourceHandler } from './index.js'
import { admitted, partOf } from './part.js'
import { storedObject } from './stored.js'

interface Scalable extends KubeObject {
  spec: { replicas?: number; selector?: LabelSelector | Record<string, string> }
  status?: { replicas?: number }
}

function selectorText(selector: Scalable['spec']['selector']): string {
  if (!selector) return ''
  const isObjectForm = 'matchLabels' in selector || 'matchExpressions' in selector
  return formatSelector(isObjectForm ? (selector as LabelSelector) : { matchLabels: selector as Record<string, string> })
}

const BUILT_IN: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' }
const pathsOf = ({ resource }: ApiRequest): ScalePaths => resource.custom?.scale ?? BUILT_IN

const at = (object: KubeObject, path: string): Json | undefined =>
  readPath(parseJsonPath(path) ?? [], fieldsOf(object) as Json)[0]

function scaleOf(request: ApiRequest, object: Scalable): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const paths = pathsOf(request)
  const ownSelector = paths.labelSelectorPath ? at(object, paths.labelSelectorPath) : undefined
  const selector = request.resource.custom ? (ownSelector as string | undefined) : selectorText(object.spec.selector)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // Go leaves a zero out here, and not in the status.
    spec: { replicas: at(object, paths.specReplicasPath) || undefined },
    status: { replicas: at(object, paths.statusReplicasPath) ?? 0, ...(selector ? { selector } : {}) },
  }
}

function setReplicas(context: ApiContext, request: ApiRequest, scale: JsonObject): JsonObject {
  const old = storedObject<Scalable>(context, request)
  const before = asObject(clone(scaleOf(request, old)))
  const { spec, metadata } = admitted(context, request, { object: partOf(request, scale), old: before })
  const replicas = isObject(spec) && typeof spec.replicas === 'number' ? spec.replicas : 0
  if (replicas < 0) {
    const errors = new FieldErrors()
    errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0')
    throw errors.toError('autoscaling', 'Scale', request.name)
  }
  const object = clone(old)
  writePath(parseJsonPath(pathsOf(request).specReplicasPath) ?? [], fieldsOf(object), replicas)
  const asked = isObject(metadata) ? metadata.resourceVersion : undefined
  if (typeof asked === 'string') object.metadata.resourceVersion = asked
  // Admission has seen the Scale; the object behind it is changed unseen.
  const unseen = { ...context, admission: [] }
  return scaleOf(request, replaceObject(unseen, { ...request, subresource: '', trackedAs: 'scale' }, object, old) as Scalable)
}

export const scale: SubresourceHandler = {
  get: (context, request) => scaleOf(request, storedObject<Scalable>(context, request)),
  update: (context, request) => setReplicas(context, request, request.body ?? {}),
  patch(context, request) {
    const before = fieldsOf(scaleOf(request, storedObject<Scalable>(context, request)))
    const { type, document } = request.patch ?? {}
    // A Scale has no lists: to it both kinds of merge are one.
    const after = type === 'strategic' && isObject(document) ? mergePatch(before, document) : patchFields(request, before)
    return setReplicas(context, request, after as JsonObject)
  },
}
