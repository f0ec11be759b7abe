/** What a Job makes of Pods that failed and of indexes that succeeded. @see pkg/controller/job/{pod_failure_policy,success_policy}.go */
import type { ContainerStatus, Job, Pod, PodFailurePolicyRule } from '../../schema/kubernetes.generated.js'
import { type Indexes, overlap, parseIndexes, sizeOf } from './indexes.js'

export interface FailureVerdict {
  action: 'Ignore' | 'FailIndex' | 'Count' | 'FailJob' | undefined
  /** Whether the failure counts against the back-off limit. */
  counts: boolean
  /** Why the whole Job fails. */
  message?: string
}

const COUNTED: FailureVerdict = { action: undefined, counts: true }

/** The verdict of the first rule that matches. */
export function judgeFailure(job: Job, pod: Pod): FailureVerdict {
  for (const [index, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = matches(rule, pod)
    if (!why) continue
    if (rule.action === 'Ignore') return { action: 'Ignore', counts: false }
    if (rule.action === 'FailJob')
      return { action: 'FailJob', counts: true, message: `${why} matching FailJob rule at index ${index}` }
    return { action: rule.action as FailureVerdict['action'], counts: true }
  }
  return COUNTED
}

/** What the rule sees in the Pod, in upstream's words. */
function matches(rule: PodFailurePolicyRule, pod: Pod): string | undefined {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`
  if (rule.onExitCodes) {
    const failed = failedContainer(rule.onExitCodes, pod)
    return failed && `Container ${failed.name} for pod ${name} failed with exit code ${failed.state?.terminated?.exitCode}`
  }
  for (const condition of pod.status?.conditions ?? []) {
    if (rule.onPodConditions?.some((each) => each.type === condition.type && (each.status ?? 'True') === condition.status))
      return `Pod ${name} has condition ${condition.type}`
  }
  return undefined
}

function failedContainer(wanted: NonNullable<PodFailurePolicyRule['onExitCodes']>, pod: Pod): ContainerStatus | undefined {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
  return all.find(({ name, state }) => {
    const code = state?.terminated?.exitCode
    if (!code || (wanted.containerName && wanted.containerName !== name)) return false
    return wanted.operator === 'In' ? wanted.values.includes(code) : !wanted.values.includes(code)
  })
}

/** The message of the success policy's rule that is met. */
export function judgeSuccess(job: Job, succeeded: Indexes): string | undefined {
  if (succeeded.length === 0) return undefined
  const rules = job.spec.successPolicy?.rules ?? []
  const index = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeededCount !== undefined && sizeOf(succeeded) >= succeededCount
    const wanted = parseIndexes(succeededIndexes, job.spec.completions ?? 0)
    if (wanted.length === 0) return false
    const both = overlap(wanted, succeeded)
    return both === sizeOf(wanted) || (succeededCount !== undefined && both >= succeededCount)
  })
  return index < 0 ? undefined : `Matched rules at index ${index}`
}
