/** The status of a Deployment and its conditions. @see pkg/controller/deployment/{sync,progress}.go */
import { sameJson } from '../../objects/object.js'
import type { Deployment, DeploymentCondition, ReplicaSet } from '../../schema/kubernetes.generated.js'
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
}

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
  const failure = setting.history.all
    .flatMap((each) => each.status?.conditions ?? [])
    .find((each) => each.type === 'ReplicaFailure')
  const list = [available, progressCondition(setting, status)]
  if (failure) list.push(condition('ReplicaFailure', failure.status, failure.reason ?? '', failure.message ?? ''))
  const before = deployment.status?.conditions ?? []
  const set = list.flatMap((each) => (each ? [carry(each, before, nowMs)] : []))
  // Conditions keep the order in which they first came.
  const order = before.map((each) => each.type)
  return set.sort((a, b) => rank(order, a.type) - rank(order, b.type))
}

const rank = (order: string[], type: string): number => (order.includes(type) ? order.indexOf(type) : order.length)

const condition = (type: string, status: string, reason: string, message: string): DeploymentCondition => ({
  type,
  status,
  reason,
  message,
})

/** Times stay where nothing has changed. */
function carry(next: DeploymentCondition, before: DeploymentCondition[], nowMs: number): DeploymentCondition {
  const now = timestamp(nowMs)
  const old = before.find((each) => each.type === next.type)
  const same = old && old.status === next.status && old.reason === next.reason && old.message === next.message
  const isMoving = next.type === 'Progressing' && next.reason === 'ReplicaSetUpdated' && 'lastUpdateTime' in next
  return {
    type: next.type,
    status: next.status,
    lastUpdateTime: same && !isMoving ? old.lastUpdateTime : now,
    lastTransitionTime: old?.status === next.status ? old.lastTransitionTime : now,
    reason: next.reason,
    message: next.message,
  }
}

function progressCondition({ deployment, history, nowMs }: Setting, status: Status): DeploymentCondition | undefined {
  const before = deployment.status?.conditions?.find((each) => each.type === 'Progressing')
  const name = history.current
    ? `ReplicaSet ${JSON.stringify(history.current.metadata.name)}`
    : `Deployment ${JSON.stringify(deployment.metadata.name)}`
  if (deployment.spec.paused)
    return before?.reason === 'DeploymentPaused'
      ? before
      : condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused')
  if (before?.reason === 'DeploymentPaused')
    return condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed')
  if (isComplete(deployment, status) && history.current)
    return condition('Progressing', 'True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`)
  if (isProgressing(deployment.status ?? {}, status))
    return { ...condition('Progressing', 'True', 'ReplicaSetUpdated', `${name} is progressing.`), lastUpdateTime: '' }
  if (!before)
    return history.current
      ? condition(
          'Progressing',
          'True',
          'NewReplicaSetCreated',
          `Created new replica set ${JSON.stringify(history.current.metadata.name)}`,
        )
      : undefined
  if (hasTimedOut(deployment, before, nowMs))
    return condition('Progressing', 'False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`)
  if (before.reason === 'NewReplicaSetAvailable' && !isSame(before, name))
    return { ...condition('Progressing', 'True', 'ReplicaSetUpdated', `${name} is progressing.`), lastUpdateTime: '' }
  return before
}

const isSame = (before: DeploymentCondition, name: string): boolean => before.message?.startsWith(name) === true

function hasTimedOut(deployment: Deployment, before: DeploymentCondition, nowMs: number): boolean {
  if (before.reason === 'ProgressDeadlineExceeded') return true
  if (before.reason === 'NewReplicaSetAvailable') return false
  return nowMs > progressDeadline(deployment, before)
}

export const progressDeadline = ({ spec }: Deployment, progressing: DeploymentCondition): number =>
  parseTime(progressing.lastUpdateTime) + (spec.progressDeadlineSeconds ?? 600) * 1000

export const sameStatus = (left: Status | undefined, right: Status): boolean => sameJson(left, right)
