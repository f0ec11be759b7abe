/** Who a Pod of a StatefulSet is: its ordinal, name, claims and revision. @see pkg/controller/statefulset/stateful_set_utils.go */
import { clone, type Draft } from '../../objects/object.js'
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet, Volume } from '../../schema/kubernetes.generated.js'
import { podFrom } from '../pods.js'

const REVISION_LABEL = 'controller-revision-hash'
const NAME_LABEL = 'statefulset.kubernetes.io/pod-name'
const INDEX_LABEL = 'apps.kubernetes.io/pod-index'

/** The Pod's number; -1 where it is none of the set's. */
export function ordinalOf(set: StatefulSet, pod: { metadata: { name?: string | undefined } }): number {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name ?? '')
  return match?.[1] === set.metadata.name ? Number(match[2]) : -1
}

export const firstOrdinal = ({ spec }: StatefulSet): number => spec.ordinals?.start ?? 0
export const isWanted = (set: StatefulSet, ordinal: number): boolean =>
  ordinal >= firstOrdinal(set) && ordinal < firstOrdinal(set) + (set.spec.replicas ?? 1)

export const revisionOf = (pod: Pod): string => pod.metadata.labels?.[REVISION_LABEL] ?? ''
export const podName = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`

/** The set's claims for one ordinal, with the volume that each is for. */
export function claimsFor(
  set: StatefulSet,
  ordinal: number,
): { volume: string; draft: Draft<PersistentVolumeClaim> & { metadata: { name: string } } }[] {
  return (set.spec.volumeClaimTemplates ?? []).map((claim) => {
    const { annotations, labels, name } = claim.metadata
    const metadata = {
      name: `${name}-${set.metadata.name}-${ordinal}`,
      namespace: set.metadata.namespace,
      labels: { ...labels, ...set.spec.selector.matchLabels },
      ...(annotations ? { annotations } : {}),
    }
    return { volume: name, draft: { metadata, spec: claim.spec } }
  })
}

const volumesFor = (set: StatefulSet, ordinal: number): Volume[] =>
  claimsFor(set, ordinal).map(({ volume, draft }) => ({
    name: volume,
    persistentVolumeClaim: { claimName: draft.metadata.name },
  }))

/** @param from the template of the revision that the Pod is made from */
export function podFor(set: StatefulSet, ordinal: number, from: { template: PodTemplateSpec; revision: string }): Draft<Pod> {
  const draft = podFrom(clone(from.template), set)
  const name = podName(set, ordinal)
  const { metadata } = draft
  const labels = { ...metadata.labels, [NAME_LABEL]: name, [INDEX_LABEL]: String(ordinal), [REVISION_LABEL]: from.revision }
  const own = volumesFor(set, ordinal)
  const others = (draft.spec.volumes ?? []).filter((volume) => !own.some((each) => each.name === volume.name))
  const volumes = [...own, ...others]
  return {
    ...draft,
    metadata: { ...metadata, name, labels },
    spec: {
      ...draft.spec,
      hostname: name,
      subdomain: set.spec.serviceName,
      ...(volumes.length ? { volumes } : {}),
    },
  }
}

/** Whether the Pod has the label by which it is told apart. */
export const hasIdentity = (pod: Pod): boolean => pod.metadata.labels?.[NAME_LABEL] === pod.metadata.name
export const identityLabels = (set: StatefulSet, pod: Pod): Record<string, string> => ({
  [NAME_LABEL]: pod.metadata.name,
  [INDEX_LABEL]: String(ordinalOf(set, pod)),
})
