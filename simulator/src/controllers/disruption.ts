import type { KindName } from '../client/client.js'
import { controllerOf, type KubeObject, keyOf, sameJson } from '../objects/object.js'
import { selectorOf } from '../objects/selector.js'
import { isConflict, messageOf } from '../objects/status.js'
import type { Condition, Pod, PodDisruptionBudget } from '../schema/kubernetes.generated.js'
import { parseTime, timestamp } from '../time/clock.js'
import { resolveCount } from './deployment/rolling.js'
import { isReady } from './pods.js'
import {
  type Controller,
  defineController,
  done,
  type Outcome,
  type ReconcileContext,
  requeueAfter,
} from './runtime/controller.js'

/** An eviction whose Pod is not on its way by then has not happened. @see disruption.go: DeletionTimeout */
const DELETION_TIMEOUT_MS = 120_000
const SCALED: KindName[] = ['ReplicaSet', 'ReplicationController', 'StatefulSet', 'Deployment']

type Status = NonNullable<PodDisruptionBudget['status']>

/** Says how many Pods may be evicted now. Models pkg/controller/disruption (v1.36). */
export const disruptionController: Controller = defineController({
  name: 'disruption-controller',
  eventSource: 'controllermanager',
  reconciles: 'PodDisruptionBudget',
  reads: SCALED,
  watches: {
    Pod: ({ object, old }, informers) =>
      informers
        .list('PodDisruptionBudget', object.metadata.namespace)
        .filter((budget) => [object, old].some((pod) => pod && selectorOf(budget.spec?.selector)(pod.metadata.labels)))
        .map(keyOf),
  },
  async reconcile(context, key) {
    const budget = context.informers.get('PodDisruptionBudget', key)
    if (!budget) return done
    try {
      return await sync(context, budget)
    } catch (error) {
      if (isConflict(error)) throw error
      await failSafe(context, budget, error)
      throw error
    }
  },
})

async function sync(context: ReconcileContext, budget: PodDisruptionBudget): Promise<Outcome> {
  const { informers, events, clock } = context
  const matches = selectorOf(budget.spec?.selector)
  const pods = informers.list('Pod', budget.metadata.namespace).filter((pod) => matches(pod.metadata.labels))
  if (pods.length === 0) events.record(budget, { type: 'Normal', reason: 'NoPods', message: 'No matching pods found' })
  let expectation: Expectation
  try {
    expectation = expect(context, budget, pods)
  } catch (error) {
    const message = `Failed to calculate the number of expected pods: ${messageOf(error)}`
    events.record(budget, { type: 'Warning', reason: 'CalculateExpectedPodCountFailed', message })
    throw error
  }
  const now = clock.now()
  const { disrupted, recheckMs } = stillDisrupted(context, budget, pods)
  const isHealthy = (pod: Pod) => !pod.metadata.deletionTimestamp && !(pod.metadata.name in disrupted) && isReady(pod)
  const currentHealthy = pods.filter(isHealthy).length
  const spare = expectation.pods > 0 ? Math.max(0, currentHealthy - expectation.healthy) : 0
  const status: Status = {
    currentHealthy,
    desiredHealthy: expectation.healthy,
    expectedPods: expectation.pods,
    disruptionsAllowed: spare,
    ...(Object.keys(disrupted).length ? { disruptedPods: disrupted } : {}),
    observedGeneration: budget.metadata.generation,
    conditions: [allowance(budget, spare, now)],
  }
  await write(context, budget, status)
  return recheckMs === undefined ? done : requeueAfter(recheckMs)
}

async function write({ client }: ReconcileContext, budget: PodDisruptionBudget, status: Status): Promise<void> {
  if (!sameJson(status, budget.status)) await client.updateStatus('PodDisruptionBudget', { ...budget, status })
}

/** The condition as eviction and kubectl read it. */
function allowance(budget: PodDisruptionBudget, allowed: number, nowMs: number): Condition {
  const before = budget.status?.conditions?.find((each) => each.type === 'DisruptionAllowed')
  const status = allowed > 0 ? 'True' : 'False'
  return {
    type: 'DisruptionAllowed',
    status,
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(nowMs),
  }
}

/** What fails allows no eviction. */
async function failSafe(context: ReconcileContext, budget: PodDisruptionBudget, error: unknown): Promise<void> {
  const condition = { ...allowance(budget, 0, context.clock.now()), reason: 'SyncFailed' }
  condition.message = messageOf(error)
  const zero = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }
  await write(context, budget, { ...zero, ...budget.status, disruptionsAllowed: 0, conditions: [condition] })
}

interface Expectation {
  pods: number
  healthy: number
}

function expect(context: ReconcileContext, budget: PodDisruptionBudget, pods: Pod[]): Expectation {
  const { minAvailable, maxUnavailable } = (budget.spec ?? {}) as {
    minAvailable?: number | string
    maxUnavailable?: number | string
  }
  if (maxUnavailable !== undefined) {
    const scale = scaleOf(context, budget, pods)
    return { pods: scale, healthy: Math.max(0, scale - resolveCount(maxUnavailable, scale, 'up')) }
  }
  if (minAvailable === undefined) return { pods: 0, healthy: 0 }
  if (typeof minAvailable === 'number') return { pods: pods.length, healthy: minAvailable }
  const scale = scaleOf(context, budget, pods)
  return { pods: scale, healthy: resolveCount(minAvailable, scale, 'up') }
}

/** The Pods that the owners of these want, together. @throws where an owner is of a kind that has no scale */
function scaleOf({ informers, events }: ReconcileContext, budget: PodDisruptionBudget, pods: Pod[]): number {
  const scales = new Map<string, number>()
  let isUnmanaged = false
  for (const pod of pods) {
    const owner = controllerOf(pod)
    if (!owner) isUnmanaged = true
    else if (!scales.has(owner.uid)) {
      const kind = SCALED.find((each) => each === owner.kind)
      if (!kind) throw new Error(noScale(owner))
      const found = informers.get(kind, `${pod.metadata.namespace}/${owner.name}`) as Scaled | undefined
      if (found?.metadata.uid !== owner.uid) throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`)
      const top = controllerOf(found)
      const deployment =
        top?.kind === 'Deployment' ? informers.get('Deployment', `${pod.metadata.namespace}/${top.name}`) : undefined
      const counted: Scaled = deployment ?? found
      scales.set(counted.metadata.uid, counted.spec.replicas ?? 1)
      if (deployment) scales.set(owner.uid, scales.get(owner.uid) ?? 0)
    }
  }
  if (isUnmanaged) {
    const selector = JSON.stringify(budget.spec?.selector)
    const message = `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`
    events.record(budget, { type: 'Warning', reason: 'UnmanagedPods', message })
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0)
}

type Scaled = KubeObject & { spec: { replicas?: number | undefined } }

function noScale({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''
  return `${kind.toLowerCase()}s${group} does not implement the scale subresource`
}

/** Evicted Pods that are neither gone nor on their way. */
function stillDisrupted({ events, clock }: ReconcileContext, budget: PodDisruptionBudget, pods: Pod[]) {
  const before = (budget.status?.disruptedPods ?? {}) as Record<string, string>
  const disrupted: Record<string, string> = {}
  let recheckMs: number | undefined
  for (const pod of pods) {
    const at = before[pod.metadata.name]
    if (!at || pod.metadata.deletionTimestamp) continue
    const left = parseTime(at) + DELETION_TIMEOUT_MS - clock.now()
    if (left < 0) {
      const { namespace } = budget.metadata
      const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
      events.record(pod, { type: 'Warning', reason: 'NotDeleted', message })
      continue
    }
    disrupted[pod.metadata.name] = at
    recheckMs = Math.min(recheckMs ?? left, left)
  }
  return { disrupted, recheckMs }
}
