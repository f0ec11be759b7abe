/** The parts of a Pod's spec that may change after its creation, each through a door of its own. */
import { clone, fieldsOf, type JsonObject, type KubeObject } from '../../objects/object.js'
import type { Pod } from '../../schema/kubernetes.generated.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest } from '../request.js'
import { patchFields } from '../verbs/patch.js'
import { decodeBody } from '../verbs/write.js'
import type { SubresourceHandler } from './index.js'
import { storedObject } from './stored.js'

type Change = (pod: Pod, wanted: Pod) => void

function changer(change: Change): SubresourceHandler {
  const write = (context: ApiContext, request: ApiRequest, body: JsonObject): KubeObject => {
    const old = storedObject<Pod>(context, request)
    const wanted = decodeBody(request, body) as Pod
    const pod = clone(old)
    change(pod, wanted)
    pod.metadata.generation = (old.metadata.generation ?? 0) + 1
    return request.dryRun ? pod : context.store.put('pods', `${request.namespace}/${request.name}`, pod)
  }
  return {
    get: (context, request) => storedObject<Pod>(context, request),
    update: (context, request) => write(context, request, request.body ?? {}),
    patch: (context, request) =>
      write(context, request, patchFields(request, fieldsOf(storedObject<Pod>(context, request))) as JsonObject),
  }
}

export const ephemeralContainers = changer((pod, wanted) => {
  pod.spec.ephemeralContainers = wanted.spec.ephemeralContainers
})

export const resize = changer((pod, wanted) => {
  for (const container of pod.spec.containers) {
    const sized = wanted.spec.containers.find((each) => each.name === container.name)
    if (sized?.resources) container.resources = sized.resources
  }
})
