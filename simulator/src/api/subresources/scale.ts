/** The scale of what has replicas. @see pkg/registry/apps/deployment/storage */

import { applyPatch, type Operation } from 'rfc6902'
import { clone, fieldsOf, isObject, type JsonObject, type KubeObject } from '../../objects/object.js'
import { formatSelector } from '../../objects/selector.js'
import { failure } from '../../objects/status.js'
import { mergePatch } from '../../patch/merge.js'
import type { LabelSelector } from '../../schema/kubernetes.generated.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest } from '../request.js'
import { replaceObject } from '../verbs/write.js'
import type { SubresourceHandler } from './index.js'
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

function scaleOf(object: Scalable): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: object.spec.replicas ?? 0 },
    status: { replicas: object.status?.replicas ?? 0, selector: selectorText(object.spec.selector) },
  }
}

function setReplicas(context: ApiContext, request: ApiRequest, scale: JsonObject): JsonObject {
  const old = storedObject<Scalable>(context, request)
  const replicas = isObject(scale.spec) ? (scale.spec.replicas ?? 0) : 0
  if (typeof replicas !== 'number')
    throw failure.badRequest('json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32')
  const object = clone(old)
  object.spec.replicas = replicas
  const asked = isObject(scale.metadata) ? scale.metadata.resourceVersion : undefined
  if (typeof asked === 'string') object.metadata.resourceVersion = asked
  return scaleOf(replaceObject(context, { ...request, subresource: '' }, object, old) as Scalable)
}

export const scale: SubresourceHandler = {
  get: (context, request) => scaleOf(storedObject<Scalable>(context, request)),
  update: (context, request) => setReplicas(context, request, request.body ?? {}),
  patch(context, request) {
    const before = fieldsOf(scaleOf(storedObject<Scalable>(context, request)))
    const document = request.patch?.document
    if (request.patch?.type === 'json') {
      const target = clone(before)
      if (applyPatch(target, document as Operation[]).some(Boolean))
        throw failure.unprocessable('the server rejected our request due to an error in our request')
      return setReplicas(context, request, target)
    }
    if (!isObject(document)) throw failure.badRequest('error decoding patch')
    return setReplicas(context, request, mergePatch(before, document) as JsonObject)
  },
}
