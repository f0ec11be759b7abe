/** Eviction: a deletion that asks the PodDisruptionBudgets first. @see pkg/registry/core/pod/storage/eviction.go */
import { clone, isObject, type JsonObject } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import { failure } from '../../objects/status.js'
import type { Pod, PodDisruptionBudget } from '../../schema/kubernetes.generated.js'
import type { ApiContext } from '../context.js'
import type { ApiRequest, DeleteOptions } from '../request.js'
import { deleteObject } from '../verbs/delete.js'
import type { SubresourceHandler } from './index.js'
import { storedObject } from './stored.js'

const BUDGETS = 'policy/poddisruptionbudgets'
const DONE: JsonObject = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

function spend(context: ApiContext, request: ApiRequest, budget: PodDisruptionBudget): void {
  const { disruptionsAllowed = 0, observedGeneration = 0 } = budget.status ?? {}
  const refuse = (message: string) =>
    failure.tooManyRequests(`Cannot evict pod as it would violate the pod's disruption budget.`, 0, [
      { reason: 'DisruptionBudget', message },
    ])
  if (observedGeneration < (budget.metadata.generation ?? 0))
    throw refuse(`The disruption budget ${budget.metadata.name} is still being processed by the server.`)
  if (disruptionsAllowed <= 0)
    throw refuse(
      `The disruption budget ${budget.metadata.name} needs ${budget.status?.desiredHealthy ?? 0} healthy pods and has ${budget.status?.currentHealthy ?? 0} currently`,
    )
  if (request.dryRun) return
  const spent = clone(budget)
  spent.status = { ...spent.status, disruptionsAllowed: disruptionsAllowed - 1 } as never
  context.store.put(BUDGETS, `${budget.metadata.namespace}/${budget.metadata.name}`, spent)
}

export const eviction: SubresourceHandler = {
  create(context, request) {
    const pod = storedObject<Pod>(context, request)
    const isOver = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed' || Boolean(pod.metadata.deletionTimestamp)
    const budgets = (context.store.list(BUDGETS, request.namespace) as PodDisruptionBudget[]).filter((each) =>
      selectorOf(each.spec?.selector)(pod.metadata.labels),
    )
    if (!isOver && budgets.length > 1)
      throw failure.internal('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
    const [budget] = budgets
    if (!isOver && budget && pod.status?.phase !== 'Pending') spend(context, request, budget)
    const options = isObject(request.body?.deleteOptions) ? (request.body.deleteOptions as DeleteOptions) : {}
    const dryRun = request.dryRun || Boolean((options as { dryRun?: unknown }).dryRun)
    deleteObject(context, { ...request, verb: 'delete', subresource: '', deletion: options, dryRun })
    return DONE
  },
}
