/** The status of a Deployment and its conditions. @see pkg/controller/deployment/{sync,progress}.go */
import { sameJson } from '../../objects/object.js'
import type { Deployment, DeploymentCondition, ReplicaSet, ReplicaSetCondition } from '../../schema/kubernetes.generated.js'
import { parseTime, timestamp } from '../../time/clock.js'
import type { History } from './history.js'
import { availableOf, boundsOf, sizeOf, total } from './rolling.js'

type Status = NonNullable<Deployment['status']>

const counted = (replicaSet: ReplicaSet): number => replicaSet.status?.replicas ?? 0
const readyOf = (replicaSet: ReplicaSet): number => replicaSet.status?.readyReplicas ?? 0

export const isComplete = ({ spec, metadata }: Deployment, status: Status): boolean => {
  const desired = spec.replicas ?? 1
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  )
}

const isProgressing = (before: Status, now: Status): boolean => {
  const oldReplicas = (status: Status) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    oldReplicas(now) < oldReplicas(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  )
}

interface Setting {
  deployment: Deployment
  history: History
  nowMs: number
  /** Whether a rollout may be under way; not while the Deployment is paused or its size alone changes. */
  judges: boolean
}

const CREATED = 'NewReplicaSetCreated'
const AVAILABLE = 'NewReplicaSetAvailable'
const TIMED_OUT = 'ProgressDeadlineExceeded'
/** What stands for no deadline. @see pkg/controller/deployment/util: HasProgressDeadline */
const NO_DEADLINE = 2_147_483_647
const hasDeadline = ({ spec }: Deployment): boolean => (spec.progressDeadlineSeconds ?? 600) !== NO_DEADLINE

/** The status that describes the Deployment now. */
export function statusOf(setting: Setting): Status {
  const { deployment, history } = setting
  const { current, all } = history
  const available = total(all, availableOf)
  const replicas = total(all, counted)
  const updated = current ? counted(current) : 0
  const ready = total(all, readyOf)
  const unavailable = Math.max(0, total(all, sizeOf) - available)
  const status: Status = {
    observedGeneration: deployment.metadata.generation,
    ...(replicas ? { replicas } : {}),
    ...(updated ? { updatedReplicas: updated } : {}),
    ...(ready ? { readyReplicas: ready } : {}),
    ...(available ? { availableReplicas: available } : {}),
    ...(unavailable ? { unavailableReplicas: unavailable } : {}),
    terminatingReplicas: total(all, (each) => each.status?.terminatingReplicas ?? 0),
    ...(deployment.status?.collisionCount ? { collisionCount: deployment.status.collisionCount } : {}),
  }
  status.conditions = conditionsOf(setting, status)
  return status
}

function conditionsOf(setting: Setting, status: Status): DeploymentCondition[] {
  const { deployment, nowMs } = setting
  const { desired, maxUnavailable } = boundsOf(deployment)
  const isAvailable = (status.availableReplicas ?? 0) >= desired - maxUnavailable
  const available = isAvailable
    ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
    : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.')
  const failure = failureOf(setting)
  const list = [available, progressCondition(setting, status)]
  if (failure) list.push(condition('ReplicaFailure', failure.status, failure.reason ?? '', failure.message ?? ''))
  const wanted = list.filter((each) => each !== undefined)
  const kept = (deployment.status?.conditions ?? []).filter(({ type }) => wanted.some((each) => each.type === type))
  return wanted.reduce((conditions, next) => withCondition(conditions, next, nowMs), kept)
}

/** That of the new ReplicaSet before those of old ones. */
function failureOf({ deployment, history, judges }: Setting): DeploymentCondition | ReplicaSetCondition | undefined {
  const isFailure = ({ type }: { type: string }) => type === 'ReplicaFailure'
  if (!judges) return deployment.status?.conditions?.find(isFailure)
  const all = history.current ? [history.current, ...history.all] : history.all
  return all.flatMap((each) => each.status?.conditions ?? []).find(isFailure)
}

const condition = (type: string, status: string, reason: string, message: string): DeploymentCondition => ({
  type,
  status,
  reason,
  message,
})

/**
 * The list with the condition in it: as it was where status and reason are the same, else at the end.
 * @see pkg/controller/deployment/util: SetDeploymentCondition
 */
function withCondition(list: DeploymentCondition[], next: DeploymentCondition, nowMs: number): DeploymentCondition[] {
  const old = list.find((each) => each.type === next.type)
  const isMoving = 'lastUpdateTime' in next && next.lastUpdateTime === ''
  if (old && old.status === next.status && old.reason === next.reason && !isMoving) return list
  const { type, status, reason, message } = next
  const now = timestamp(nowMs)
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now
  const made = { type, status, lastUpdateTime: now, lastTransitionTime, reason, message }
  return [...list.filter((each) => each !== old), made]
}

function progressCondition(setting: Setting, status: Status): DeploymentCondition | undefined {
  const { deployment, history, nowMs, judges } = setting
  const before = progressOf(deployment)
  if (!hasDeadline(deployment)) return judges ? undefined : before
  const turned = pauseCondition(deployment, before)
  if (turned || !judges) return turned ?? before
  // Nothing is rolled out: Pods that come and go say nothing about progress.
  if (before?.reason === AVAILABLE && (status.replicas ?? 0) === (status.updatedReplicas ?? 0)) return before
  const name = history.current
    ? `ReplicaSet ${JSON.stringify(history.current.metadata.name)}`
    : `Deployment ${JSON.stringify(deployment.metadata.name)}`
  if (isComplete(deployment, status) && history.current)
    return condition('Progressing', 'True', AVAILABLE, `${name} has successfully progressed.`)
  if (isProgressing(deployment.status ?? {}, status))
    return { ...condition('Progressing', 'True', 'ReplicaSetUpdated', `${name} is progressing.`), lastUpdateTime: '' }
  if (before && hasTimedOut(deployment, before, nowMs))
    return condition('Progressing', 'False', TIMED_OUT, `${name} has timed out progressing.`)
  return before
}

const progressOf = ({ status }: Deployment): DeploymentCondition | undefined =>
  status?.conditions?.find((each) => each.type === 'Progressing')

/** The word that a Deployment has been paused or resumed; that it has timed out stands above both. */
function pauseCondition({ spec }: Deployment, before: DeploymentCondition | undefined): DeploymentCondition | undefined {
  if (before?.reason === TIMED_OUT) return undefined
  const wasPaused = before?.reason === 'DeploymentPaused'
  if (spec.paused && !wasPaused) return condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused')
  return !spec.paused && wasPaused ? condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed') : undefined
}

/** What is said of the new ReplicaSet when it comes: made, found, or refused. */
export type Arrival = { type: 'created' | 'found'; name: string } | { type: 'refused'; message: string }

/** The conditions after that; undefined where they stay as they are. */
export function conditionsAfter(deployment: Deployment, arrival: Arrival, nowMs: number): DeploymentCondition[] | undefined {
  const list = deployment.status?.conditions ?? []
  const before = progressOf(deployment)
  if (!hasDeadline(deployment) || (arrival.type === 'found' && before)) return undefined
  const after = withCondition(list, arrivalCondition(arrival), nowMs)
  return after === list ? undefined : after
}

function arrivalCondition(arrival: Arrival): DeploymentCondition {
  if (arrival.type === 'refused') return condition('Progressing', 'False', 'ReplicaSetCreateError', arrival.message)
  const name = JSON.stringify(arrival.name)
  return arrival.type === 'created'
    ? condition('Progressing', 'True', CREATED, `Created new replica set ${name}`)
    : condition('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set ${name}`)
}

function hasTimedOut(deployment: Deployment, before: DeploymentCondition, nowMs: number): boolean {
  if (before.reason === TIMED_OUT) return true
  if (before.reason === AVAILABLE) return false
  return nowMs > progressDeadline(deployment, before)
}

export const progressDeadline = ({ spec }: Deployment, progressing: DeploymentCondition): number =>
  parseTime(progressing.lastUpdateTime) + (spec.progressDeadlineSeconds ?? 600) * 1000

export const sameStatus = (left: Status | undefined, right: Status): boolean => sameJson(left, right)
