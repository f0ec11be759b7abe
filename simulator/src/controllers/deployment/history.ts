/** The ReplicaSets of a Deployment: which is the new one, their revisions, their names. @see pkg/controller/deployment/util */
import { clone, controlledBy, type Draft, sameJson } from '../../objects/object.js'
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { safeHash } from '../revisions.js'

export const HASH = 'pod-template-hash'
export const REVISION = 'deployment.kubernetes.io/revision'
const HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED = 'deployment.kubernetes.io/desired-replicas'
export const MAX = 'deployment.kubernetes.io/max-replicas'
const NOT_INHERITED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.to',
])

/** Not upstream's hash, which is over Go's memory layout; as stable and as short. */
const templateHash = (template: PodTemplateSpec, collisions: number): string => safeHash(JSON.stringify(template) + collisions)

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec {
  const copy = clone(template ?? {})
  if (copy.metadata?.labels) delete copy.metadata.labels[HASH]
  return copy
}

export const revisionOf = (replicaSet: ReplicaSet): number => Number(replicaSet.metadata.annotations?.[REVISION] ?? 0)

export interface History {
  /** The ReplicaSet of the present template, where there is one; the oldest of several. */
  current: ReplicaSet | undefined
  old: ReplicaSet[]
  all: ReplicaSet[]
}

export const sameTemplate = (left: PodTemplateSpec | undefined, right: PodTemplateSpec | undefined): boolean =>
  sameJson(withoutHash(left), withoutHash(right))

export function historyOf(deployment: Deployment, replicaSets: ReplicaSet[]): History {
  const byAge = [...replicaSets].sort(
    (a, b) =>
      parseTime(a.metadata.creationTimestamp) - parseTime(b.metadata.creationTimestamp) ||
      a.metadata.name.localeCompare(b.metadata.name),
  )
  const current = byAge.find((each) => sameTemplate(each.spec.template, deployment.spec.template))
  return { current, old: byAge.filter((each) => each !== current), all: byAge }
}

const inherited = (deployment: Deployment): Record<string, string> =>
  Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_INHERITED.has(key)))

/** What the annotations of the new ReplicaSet must be. */
export function annotationsFor(deployment: Deployment, { current, old }: History): Record<string, string> {
  const highest = Math.max(0, ...old.map(revisionOf))
  const before = current ? revisionOf(current) : 0
  const revision = before > highest ? before : highest + 1
  const annotations: Record<string, string> = {
    ...current?.metadata.annotations,
    ...inherited(deployment),
    [REVISION]: String(revision),
  }
  if (before && revision > before) {
    const passed = current?.metadata.annotations?.[HISTORY]
    annotations[HISTORY] = passed ? `${passed},${before}` : String(before)
  }
  return annotations
}

export interface Sizes {
  desired: number
  /** Desired and the surge that a rolling update may add. */
  most: number
}

export const sizeAnnotations = ({ desired, most }: Sizes): Record<string, string> => ({
  [DESIRED]: String(desired),
  [MAX]: String(most),
})

export function newReplicaSet(
  deployment: Deployment,
  history: History,
  { replicas, sizes }: { replicas: number; sizes: Sizes },
): Draft<ReplicaSet> {
  const hash = templateHash(deployment.spec.template, deployment.status?.collisionCount ?? 0)
  const template = clone(deployment.spec.template)
  const labels = { ...template.metadata?.labels, [HASH]: hash }
  template.metadata = { ...template.metadata, labels } as never
  return {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: { ...annotationsFor(deployment, history), ...sizeAnnotations(sizes) },
      ownerReferences: [controlledBy(deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: deployment.spec.minReadySeconds,
      selector: { ...deployment.spec.selector, matchLabels: { ...deployment.spec.selector.matchLabels, [HASH]: hash } },
      template,
    },
  }
}
