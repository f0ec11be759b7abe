/** Replaces the Pods of an old template. Models pkg/controller/daemon/update.go (v1.36). */
import { keyOf } from '../../objects/object.js'
import type { DaemonSet, Node, Pod } from '../../schema/kubernetes.generated.js'
import { resolveCount } from '../deployment/rolling.js'
import { createPod, deletePod } from '../pod-control.js'
import { isAvailable, isOver } from '../pods.js'
import type { ReconcileContext } from '../runtime/controller.js'
import { belongs, HASH, nodeOf, podFor } from './placement.js'

export interface Look {
  context: ReconcileContext
  daemonSet: DaemonSet
  pods: Pod[]
  /** Stands for the present template. */
  hash: string
}

export const isNew = (pod: Pod, hash: string): boolean => pod.metadata.labels?.[HASH] === hash
const isLive = (pod: Pod): boolean => !pod.metadata.deletionTimestamp && !isOver(pod)
export const isUp = ({ context, daemonSet }: Look, pod: Pod): boolean =>
  isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, context.clock.now())

/** Whether a new Pod may stand beside the old one of its node. */
export const mayStandBeside = ({ daemonSet }: Look): boolean => {
  const { type, rollingUpdate } = daemonSet.spec.updateStrategy ?? {}
  return type === 'RollingUpdate' && ![undefined, 0, '0', '0%'].includes(rollingUpdate?.maxSurge as number | string | undefined)
}

export async function rollPods(look: Look): Promise<void> {
  if (look.daemonSet.spec.updateStrategy?.type !== 'RollingUpdate') return
  await (mayStandBeside(look) ? surge(look) : replace(look))
}

/** The old one goes first: of those that are up as many as may be missing. */
async function replace(look: Look): Promise<void> {
  const { context, daemonSet, pods, hash } = look
  const live = pods.filter((pod) => !pod.metadata.deletionTimestamp)
  const most = resolveCount(daemonSet.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, live.length, 'up')
  const down = pods.length - live.filter((pod) => isUp(look, pod)).length
  const old = live.filter((pod) => !isNew(pod, hash))
  const oldUp = old.filter((pod) => isUp(look, pod))
  const next = [...old.filter((pod) => !isUp(look, pod)), ...oldUp.slice(0, Math.max(0, most - down))]
  await context.expectations.deletes(keyOf(daemonSet), next, (pod) => deletePod(context, daemonSet, pod))
}

interface Surge {
  /** Nodes whose old Pod is down: a new one costs nothing. */
  free: Node[]
  /** Nodes whose old Pod is up. */
  candidates: Node[]
  /** Old Pods whose new one is up. */
  done: Pod[]
  /** Nodes where a new Pod is on its way beside an old one. */
  underWay: number
}

function surgeOf(look: Look): Surge {
  const { context, daemonSet, pods, hash } = look
  const surge: Surge = { free: [], candidates: [], done: [], underWay: 0 }
  for (const node of context.informers.list('Node')) {
    const here = pods.filter((pod) => isLive(pod) && nodeOf(pod) === node.metadata.name)
    const [old] = here.filter((pod) => !isNew(pod, hash))
    const [fresh] = here.filter((pod) => isNew(pod, hash))
    if (!old) continue
    if (fresh && isUp(look, fresh)) surge.done.push(old)
    else if (fresh) surge.underWay++
    else if (isUp(look, old)) surge.candidates.push(node)
    else if (belongs(daemonSet, node).run) surge.free.push(node)
    else surge.done.push(old)
  }
  return surge
}

/** The new one comes first, and the old one goes when it is up. */
async function surge(look: Look): Promise<void> {
  const { context, daemonSet, pods, hash } = look
  const { expectations } = context
  const { free, candidates, done, underWay } = surgeOf(look)
  const nodes = new Set(pods.filter(isLive).map(nodeOf)).size
  const most = resolveCount(daemonSet.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, nodes, 'up')
  const next = [...free, ...candidates.slice(0, Math.max(0, most - underWay))]
  await expectations.creates(keyOf(daemonSet), next, (node) => createPod(context, daemonSet, podFor(daemonSet, node, hash)))
  await expectations.deletes(keyOf(daemonSet), done, (pod) => deletePod(context, daemonSet, pod))
}
