/** How fast and how far an autoscaler may go. @see pkg/controller/podautoscaler/horizontal.go: normalizeDesiredReplicas */
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../../schema/kubernetes.generated.js'

const DOWNSCALE_WINDOW_MS = 300_000
const UP_FACTOR = 2
const UP_LEAST = 4

/** What one autoscaler has proposed and done lately. */
export interface Memory {
  recommendations: { replicas: number; atMs: number }[]
  changes: { by: number; atMs: number }[]
}

export interface Limited {
  replicas: number
  /** The conditions AbleToScale and ScalingLimited. */
  able: Note
  limited: Note
}
export interface Note {
  status: 'True' | 'False'
  reason: string
  message: string
}

interface Proposed {
  autoscaler: HorizontalPodAutoscaler
  current: number
  desired: number
  nowMs: number
}

const READY: Note = { status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
const STABILIZED = {
  up: {
    status: 'True',
    reason: 'ScaleUpStabilized',
    message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
  },
  down: {
    status: 'True',
    reason: 'ScaleDownStabilized',
    message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
  },
} as const

const windowMs = (rules: HPAScalingRules | undefined, otherwise: number): number =>
  rules?.stabilizationWindowSeconds === undefined ? otherwise : rules.stabilizationWindowSeconds * 1000

/** Keeps to what was recommended lately, so that a short peak or dip does not move the number to and fro. */
function stabilize(memory: Memory, { autoscaler, current, desired, nowMs }: Proposed): number {
  const { behavior } = autoscaler.spec
  const upMs = behavior ? windowMs(behavior.scaleUp, 0) : 0
  const downMs = behavior ? windowMs(behavior.scaleDown, DOWNSCALE_WINDOW_MS) : DOWNSCALE_WINDOW_MS
  const within = (ms: number) => memory.recommendations.filter((each) => each.atMs > nowMs - ms).map((each) => each.replicas)
  const lowest = Math.min(desired, ...within(upMs))
  const highest = Math.max(desired, ...within(downMs))
  memory.recommendations = memory.recommendations.filter((each) => each.atMs > nowMs - Math.max(upMs, downMs))
  memory.recommendations.push({ replicas: desired, atMs: nowMs })
  if (!behavior) return highest
  return Math.min(Math.max(current, lowest), highest)
}

/** The most or least that the policies allow now. */
function policyLimit(memory: Memory, { current, nowMs }: Proposed, direction: 'up' | 'down', rules: HPAScalingRules): number {
  if (rules.selectPolicy === 'Disabled') return current
  const sign = direction === 'up' ? 1 : -1
  const limits = (rules.policies ?? []).map(({ type, value, periodSeconds }) => {
    const recent = memory.changes.filter((each) => each.atMs > nowMs - periodSeconds * 1000)
    const atStart = current - recent.reduce((sum, each) => sum + each.by, 0)
    if (type === 'Pods') return atStart + sign * value
    return direction === 'up' ? Math.ceil(atStart * (1 + value / 100)) : Math.trunc(atStart * (1 - value / 100))
  })
  const takesLeast = (rules.selectPolicy === 'Min') === (direction === 'up')
  return takesLeast ? Math.min(...limits) : Math.max(...limits)
}

/** Brings the desired number within what stability, rates and bounds allow. */
export function limit(memory: Memory, proposed: Proposed): Limited {
  const { autoscaler, current, desired } = proposed
  const { behavior, maxReplicas, minReplicas = 1 } = autoscaler.spec
  const stable = stabilize(memory, proposed)
  const able = stable === desired ? READY : STABILIZED[behavior && desired >= current ? 'up' : 'down']
  const outcome = (replicas: number, reason: string, message: string): Limited => ({
    replicas,
    able,
    limited: { status: replicas === stable ? 'False' : 'True', reason, message: `the desired ${message}` },
  })
  if (!behavior || stable > current) {
    const fastest = behavior?.scaleUp
      ? Math.max(current, policyLimit(memory, proposed, 'up', behavior.scaleUp))
      : Math.max(UP_FACTOR * current, UP_LEAST)
    const most = Math.min(maxReplicas, fastest)
    if (stable > most)
      return maxReplicas > fastest
        ? outcome(most, 'ScaleUpLimit', 'replica count is increasing faster than the maximum scale rate')
        : outcome(most, 'TooManyReplicas', 'replica count is more than the maximum replica count')
  }
  if (!behavior || stable < current) {
    const slowest = behavior?.scaleDown
      ? Math.min(current, policyLimit(memory, proposed, 'down', behavior.scaleDown))
      : Number.NEGATIVE_INFINITY
    const least = Math.max(minReplicas, slowest)
    if (stable < least)
      return minReplicas < slowest
        ? outcome(least, 'ScaleDownLimit', 'replica count is decreasing faster than the maximum scale rate')
        : outcome(least, 'TooFewReplicas', 'replica count is less than the minimum replica count')
  }
  return outcome(stable, 'DesiredWithinRange', 'count is within the acceptable range')
}
