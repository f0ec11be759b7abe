/** The same question for every other kind. What has no entry here is settled as soon as its controller has observed it. */

import type { ApiClient } from '../api/client.js'
import type { Kinds, KubernetesObject, Pod } from '../api/json.js'
import { builtInKind } from '../api/kinds.js'
import { objectProvenance } from '../read/provenance.js'
import type { Attempt } from '../run/attempt.js'
import { message } from '../words.js'
import { BINDER_PATIENCE_MS, judgePod } from './judge-pod.js'
import { type Judgement, progressing, settled, together } from './judgement.js'

/** A controller that makes nothing of its Pods for this long (a quota, a missing account) will not. */
const CONTROLLER_PATIENCE_MS = 5_000
/** Endpoints follow their Pods within a second or two. */
const ENDPOINTS_PATIENCE_MS = 5_000
/** A kubelet that has come back says so at once; this is for its first status. */
const NODE_PATIENCE_MS = 5_000

/** Judges all that an attempt has seen. Reads the Pods behind workloads, which the attempt then counts as read. */
export async function judge(client: ApiClient, attempt: Attempt): Promise<Judgement> {
  const judgements = [...attempt.objects].map(async ([object, resource]): Promise<Judgement> => {
    const { namespace, name = '' } = object.metadata ?? {}
    return { ...(await judgeObject(client, object, attempt)), of: objectProvenance(resource, { namespace, name }).subject }
  })
  return together([...attempt.judgements, ...(await Promise.all(judgements))])
}

async function judgeObject(client: ApiClient, object: KubernetesObject, attempt: Attempt): Promise<Judgement> {
  if (object.metadata?.deletionTimestamp) return progressing(message('found.deleting'))
  if (!isObserved(object)) return progressing(message('found.unobserved'))
  switch (object.kind) {
    case 'Pod':
      return judgePod(object as Pod, client.transport.now())
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
      return judgeWorkload(client, object as Workload, attempt)
    case 'Job':
      return judgeJob(client, object as Kinds['Job'], attempt)
    case 'PersistentVolumeClaim':
      return judgeClaim(object as Kinds['PersistentVolumeClaim'])
    case 'EndpointSlice':
      return judgeEndpoints(object as Kinds['EndpointSlice'])
    case 'Node':
      return judgeNode(object as Kinds['Node'])
    default:
      return settled()
  }
}

function isObserved(object: KubernetesObject): boolean {
  const observed = (object as { status?: { observedGeneration?: number } }).status?.observedGeneration
  const generation = object.metadata?.generation
  if (observed === undefined || generation === undefined) return true
  return observed >= generation
}

type Workload = Kinds['Deployment'] & Kinds['ReplicaSet'] & Kinds['StatefulSet'] & Kinds['DaemonSet']

async function judgeWorkload(client: ApiClient, workload: Workload, attempt: Attempt): Promise<Judgement> {
  const { wanted, ready, updated, total } = counts(workload)
  const why = message('found.rollout', { ready: Math.min(ready, updated), wanted })
  const pods = await podsOf(client, workload, attempt)
  const judgement = together(pods.map((pod) => judgePod(pod, client.transport.now())))
  const complete = ready === wanted && updated === wanted && total === wanted
  if (complete) return judgement
  // A Pod that no node takes is patient for a while, not for ever.
  if (judgement.state === 'progressing') return progressing(why, judgement.patienceMs)
  const refused = workload.status?.conditions?.some(
    (condition) => condition.type === 'ReplicaFailure' && condition.status === 'True',
  )
  const stuck = pods.some((pod) => !isReady(pod))
  return refused || stuck ? settled(why) : progressing(why, CONTROLLER_PATIENCE_MS)
}

/** DaemonSets count otherwise than the rest; a paused Deployment has no newer Pods to wait for. */
function counts(workload: Workload): { wanted: number; ready: number; updated: number; total: number } {
  const { spec, status } = workload
  if (workload.kind === 'DaemonSet') {
    const wanted = status?.desiredNumberScheduled ?? 0
    return { wanted, ready: status?.numberReady ?? 0, updated: status?.updatedNumberScheduled ?? 0, total: wanted }
  }
  const wanted = spec?.replicas ?? 1
  const total = status?.replicas ?? 0
  const updates = workload.kind !== 'ReplicaSet' && !(spec as { paused?: boolean } | undefined)?.paused
  return { wanted, ready: status?.readyReplicas ?? 0, updated: updates ? (status?.updatedReplicas ?? 0) : wanted, total }
}

const isReady = (pod: Pod) =>
  pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false

async function podsOf(client: ApiClient, owner: KubernetesObject, attempt: Attempt): Promise<Pod[]> {
  const { selector } = (owner as { spec?: { selector?: Selector } }).spec ?? {}
  const labels = selector && selectorText(selector)
  const resource = builtInKind('Pod')
  const namespace = owner.metadata?.namespace
  if (!labels || !resource || namespace === undefined) return []
  const pods = await client.list<Pod>(resource, { namespace, labels })
  attempt.saw(resource, { namespace, labels }, [])
  return pods
}

interface Selector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

export function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key
    if (operator === 'DoesNotExist') return `!${key}`
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`
  })
  return [...labels, ...expressions].join(',')
}

async function judgeJob(client: ApiClient, job: Kinds['Job'], attempt: Attempt): Promise<Judgement> {
  const ended = job.status?.conditions?.some((one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True')
  if (ended || job.spec?.suspend) return settled()
  const why = message('found.job', { succeeded: job.status?.succeeded ?? 0, wanted: job.spec?.completions ?? 1 })
  const pods = await podsOf(client, job, attempt)
  const stuck = pods.some((pod) => judgePod(pod, client.transport.now()).state === 'settled' && pod.status?.phase === 'Pending')
  return stuck ? settled(why) : progressing(why)
}

function judgeClaim(claim: Kinds['PersistentVolumeClaim']): Judgement {
  if (claim.status?.phase === 'Bound') return settled()
  return progressing(message('found.claim', { phase: claim.status?.phase ?? 'Pending' }), BINDER_PATIENCE_MS)
}

function judgeEndpoints(slice: Kinds['EndpointSlice']): Judgement {
  const unready = (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready === false).length
  return unready === 0 ? settled() : progressing(message('found.endpoints', { count: unready }), ENDPOINTS_PATIENCE_MS)
}

function judgeNode(node: Kinds['Node']): Judgement {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready')
  if (ready?.status === 'True') return settled()
  return progressing(message('found.node', { reason: ready?.reason ?? 'NotReady' }), NODE_PATIENCE_MS)
}
