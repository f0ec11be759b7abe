/** The parts of a Pod's spec that may change after its creation, each through a door of its own. */

import { type AdmissionReview, runMutations, runValidations } from '../../admission/admission.js'
import { qosClass } from '../../kinds/core/pod.js'
import { FieldErrors } from '../../objects/field-errors.js'
import { clone, fieldsOf, type JsonObject, type KubeObject, sameJson } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import { allocatableOf, podRequests } from '../../scheduler/resources.js'
import type { Node, Pod } from '../../schema/kubernetes.generated.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest } from '../request.js'
import { patchFields } from '../verbs/patch.js'
import { decodeBody } from '../verbs/write.js'
import type { SubresourceHandler } from './index.js'
import { storedObject } from './stored.js'

interface Part {
  change(pod: Pod, wanted: Pod): void
  /** What may not be in the changed Pod. */
  validate(pod: Pod, old: Pod, errors: FieldErrors): void
  /** What the cluster has no room for. @throws ApiError 403 */
  admit?(context: ApiContext, request: ApiRequest, pod: Pod): void
}

function changer(part: Part): SubresourceHandler {
  const write = (context: ApiContext, request: ApiRequest, body: JsonObject): KubeObject => {
    const old = storedObject<Pod>(context, request)
    const wanted = decodeBody(request, body) as Pod
    const pod = clone(old)
    part.change(pod, wanted)
    const review: AdmissionReview = { context, request, operation: 'UPDATE', object: pod, old }
    runMutations(review)
    const errors = new FieldErrors()
    part.validate(pod, old, errors)
    if (errors.any) throw errors.toError('', 'Pod', request.name)
    part.admit?.(context, request, pod)
    runValidations(review)
    if (!sameJson(pod.spec, old.spec)) pod.metadata.generation = (old.metadata.generation ?? 0) + 1
    return request.dryRun ? pod : context.store.put('pods', `${request.namespace}/${request.name}`, pod)
  }
  return {
    get: (context, request) => storedObject<Pod>(context, request),
    update: (context, request) => write(context, request, request.body ?? {}),
    patch: (context, request) =>
      write(context, request, patchFields(request, fieldsOf(storedObject<Pod>(context, request))) as JsonObject),
  }
}

export const ephemeralContainers = changer({
  change(pod, wanted) {
    pod.spec.ephemeralContainers = wanted.spec.ephemeralContainers
  },
  validate(pod, old, errors) {
    if (old.metadata.annotations?.[MIRROR]) errors.forbidden('', 'static pods do not support ephemeral containers')
    const containers = new Map((pod.spec.ephemeralContainers ?? []).map((each) => [each.name, each]))
    for (const before of old.spec.ephemeralContainers ?? []) {
      const after = containers.get(before.name)
      const head = `existing ephemeral containers ${JSON.stringify(before.name)} may not be`
      if (!after) errors.forbidden('spec.ephemeralContainers', `${head} removed\n`)
      else if (!sameJson(before, after)) errors.forbidden('spec.ephemeralContainers', `${head} changed\n`)
    }
  },
})

/** On a Pod whose definition is a file of its node. */
const MIRROR = 'kubernetes.io/config.mirror'

type Lists = Record<'requests' | 'limits', Record<string, string> | undefined>

/** @see validatePodLevelResourcesResize */
function validatePodSizes(pod: Pod, old: Pod, errors: FieldErrors): void {
  if (!old.spec.resources) return
  if (!pod.spec.resources) {
    errors.forbidden('spec.resources', 'pod-level resources cannot be removed')
    return
  }
  const [before, after] = [old, pod].map((each) => each.spec.resources as Lists)
  for (const list of ['requests', 'limits'] as const)
    if (Object.keys(before?.[list] ?? {}).some((name) => after?.[list]?.[name] === undefined))
      errors.forbidden(`spec.resources.${list}`, `pod-level resource ${list} cannot be removed`)
}

/** @see pkg/apis/core/validation: ValidatePodResize, plugin/pkg/admission/podresize */
export const resize = changer({
  change(pod, wanted) {
    for (const container of pod.spec.containers) {
      const sized = wanted.spec.containers.find((each) => each.name === container.name)
      if (sized?.resources) container.resources = sized.resources
    }
    pod.spec.resources = wanted.spec.resources
  },
  validate(pod, old, errors) {
    if (old.metadata.annotations?.[MIRROR]) errors.forbidden('', 'static pods cannot be resized')
    if (qosClass(pod.spec) !== qosClass(old.spec))
      errors.invalid('spec', old.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing')
    validatePodSizes(pod, old, errors)
    for (const [index, container] of old.spec.containers.entries()) {
      const [before, after] = [container, pod.spec.containers[index]].map((each) => (each?.resources ?? {}) as Lists)
      for (const list of ['requests', 'limits'] as const)
        if (Object.keys(before?.[list] ?? {}).some((name) => after?.[list]?.[name] === undefined))
          errors.forbidden(`spec.containers[${index}].resources.${list}`, `resource ${list} cannot be removed`)
    }
  },
  admit({ store }, request, pod) {
    const node = pod.spec.nodeName ? (store.get('nodes', pod.spec.nodeName) as Node | undefined) : undefined
    if (!node) return
    const [wanted, room] = [podRequests(pod), allocatableOf(node)]
    const short = ['cpu', 'memory'].filter((name) => (wanted[name] ?? 0) > (room[name] ?? 0))
    const why = short.map((name) => `${name}, requested: ${wanted[name]}, allocatable: ${room[name]}`).join('; ')
    if (short.length > 0)
      throw failure.forbidden(
        { group: '', resource: 'pods' },
        request.name,
        `node didn't have enough allocatable resources: ${why}`,
      )
  },
})
