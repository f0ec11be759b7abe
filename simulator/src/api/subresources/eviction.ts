/** Eviction: a deletion that asks the PodDisruptionBudgets first. @see pkg/registry/core/pod/storage/eviction.go */
import { clone, isObject, type JsonObject } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import { ApiError, failure } from '../../objects/status.js'
import type { Pod, PodDisruptionBudget } from '../../schema/kubernetes.generated.js'
import { timestamp } from '../../time/clock.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest, DeleteOptions } from '../request.js'
import { deleteObject } from '../verbs/delete.js'
import type { SubresourceHandler } from './index.js'
import { admitted, partOf } from './part.js'
import { storedObject } from './stored.js'

const BUDGETS = 'policy/poddisruptionbudgets'
const DONE: JsonObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

/** Why the budget allows nothing now, in upstream's words. */
function shortage({ metadata, status }: PodDisruptionBudget): string {
  const condition = status?.conditions?.find((each) => each.type === 'DisruptionAllowed' && each.status === 'False')
  const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {}
  if (condition?.reason === 'SyncFailed' && condition.message)
    return `The disruption budget ${metadata.name} does not allow evicting pods currently because it failed sync: ${condition.message}`
  if (currentHealthy <= desiredHealthy)
    return `The disruption budget ${metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  return `The disruption budget ${metadata.name} does not allow evicting pods currently`
}

/** Takes one from what the budget allows, and notes the Pod until it is on its way. @throws ApiError 429 */
function spend(context: ApiContext, request: ApiRequest, budget: PodDisruptionBudget): void {
  const { disruptionsAllowed = 0, observedGeneration = 0 } = budget.status ?? {}
  const refuse = (message: string, retryAfterSeconds = 0) =>
    failure.tooManyRequests(`Cannot evict pod as it would violate the pod's disruption budget.`, retryAfterSeconds, [
      { reason: 'DisruptionBudget', message },
    ])
  if (observedGeneration < (budget.metadata.generation ?? 0))
    throw refuse(`The disruption budget ${budget.metadata.name} is still being processed by the server.`, 10)
  if (disruptionsAllowed <= 0) throw refuse(shortage(budget))
  if (request.dryRun) return
  const spent = clone(budget)
  const now = timestamp(context.clock.now())
  const disruptedPods = { ...(budget.status?.disruptedPods as Record<string, string> | undefined), [request.name]: now }
  spent.status = { ...spent.status, disruptionsAllowed: disruptionsAllowed - 1, disruptedPods } as never
  context.store.put(BUDGETS, `${budget.metadata.namespace}/${budget.metadata.name}`, spent)
}

/** Whether the Pod may go without asking: it does not count as healthy, and the application does not suffer from it. */
function isSpare(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (pod.status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True')) return false
  const { desiredHealthy = 0, currentHealthy = 0 } = status ?? {}
  return spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (currentHealthy >= desiredHealthy && desiredHealthy > 0)
}

function noteEviction(context: ApiContext, request: ApiRequest, pod: Pod): void {
  const target = {
    type: 'DisruptionTarget',
    status: 'True',
    observedGeneration: pod.metadata.generation,
    lastProbeTime: null as never,
    lastTransitionTime: timestamp(context.clock.now()),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  const others = (pod.status?.conditions ?? []).filter((each) => each.type !== 'DisruptionTarget')
  const noted = { ...pod, status: { ...pod.status, conditions: [...others, target] } }
  context.store.put('pods', `${request.namespace}/${request.name}`, noted as Pod)
}

const ASKS_NOBODY = new Set(['Succeeded', 'Failed', 'Pending'])

export const eviction: SubresourceHandler = {
  create(context, request) {
    const { deleteOptions } = admitted(context, request, { object: partOf(request, request.body) })
    const pod = storedObject<Pod>(context, request)
    const options = isObject(deleteOptions) ? (deleteOptions as DeleteOptions) : {}
    const dryRun = request.dryRun || Boolean((options as { dryRun?: unknown }).dryRun)
    const isFree = ASKS_NOBODY.has(pod.status?.phase ?? '') || Boolean(pod.metadata.deletionTimestamp)
    const deletion: ApiRequest = { ...request, verb: 'delete', subresource: '', deletion: options, dryRun }
    if (!isFree) askBudget(context, { ...request, dryRun }, pod)
    if (!dryRun) noteEviction(context, request, pod)
    // Admission has seen the Eviction; the deletion that it asks for is shown to nobody.
    deleteObject({ ...context, admission: [] }, deletion)
    return DONE
  },
}

function askBudget(context: ApiContext, request: ApiRequest, pod: Pod): void {
  const budgets = (context.store.list(BUDGETS, request.namespace) as PodDisruptionBudget[]).filter((each) =>
    selectorOf(each.spec?.selector)(pod.metadata.labels),
  )
  if (budgets.length > 1)
    throw new ApiError(
      500,
      '',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  const [budget] = budgets
  if (budget && !isSpare(pod, budget)) spend(context, request, budget)
}
