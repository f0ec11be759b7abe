/** The scheduler's word: this Pod goes to that node. @see pkg/registry/core/pod/storage */
import { clone, isObject } from '../../objects/object.js'
import { failure } from '../../objects/status.js'
import type { ObjectMeta, Pod } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import type { SubresourceHandler } from './index.js'
import { admitted, partOf } from './part.js'
import { storedObject } from './stored.js'

/** @returns the name of the node @throws ApiError without a reason, as upstream does here */
function readTarget(target: unknown): string {
  const { kind = '', name = '' } = (isObject(target) ? target : {}) as { kind?: string; name?: string }
  const problems: string[] = []
  if (kind && kind !== 'Node')
    problems.push(`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`)
  if (!name) problems.push('target.name: Required value')
  if (problems.length) throw failure.unknown(problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`)
  return name
}

export const binding: SubresourceHandler = {
  create(context, request) {
    const { target, metadata } = admitted(context, request, { object: partOf(request, request.body) })
    const node = readTarget(target)
    const pod = clone(storedObject<Pod>(context, request))
    const refuse = (why: string) => failure.conflict(request.resource, request.name, why)
    if (pod.metadata.deletionTimestamp) throw refuse(`pod ${pod.metadata.name} is being deleted, cannot be assigned to a host`)
    if (pod.spec.nodeName)
      throw refuse(`pod ${pod.metadata.name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
    if (pod.spec.schedulingGates?.length) throw refuse(`pod ${pod.metadata.name} has non-empty .spec.schedulingGates`)
    pod.spec.nodeName = node
    const { labels, annotations } = metadata as unknown as ObjectMeta
    if (labels) pod.metadata.labels = { ...pod.metadata.labels, ...labels }
    if (annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations }
    const scheduled = {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null as never,
      lastTransitionTime: timestamp(context.clock.now()),
      observedGeneration: pod.metadata.generation,
    }
    const { nominatedNodeName: _, ...status } = pod.status ?? {}
    pod.status = {
      ...status,
      conditions: [...(pod.status?.conditions ?? []).filter((each) => each.type !== 'PodScheduled'), scheduled],
    }
    if (!request.dryRun) context.store.put('pods', `${request.namespace}/${request.name}`, pod)
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }
  },
}
