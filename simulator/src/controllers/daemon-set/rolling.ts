/** Replaces the Pods of an old template. Models pkg/controller/daemon/update.go (v1.36). */
import { keyOf } from '../../objects/object.js'
import type { Node, Pod } from '../../schema/kubernetes.generated.js'
import { resolveCount } from '../deployment/rolling.js'
import { createPod, deletePod } from '../pod-control.js'
import { isNew, isUp, type Look, mayStandBeside, podsByNode } from './look.js'
import { belongs, podFor } from './placement.js'

export async function rollPods(look: Look): Promise<void> {
  if (look.daemonSet.spec.updateStrategy?.type !== 'RollingUpdate') return
  await (mayStandBeside(look) ? surge(look) : replace(look))
}

interface Station {
  node: Node | undefined
  /** Of the present template, and of an earlier one: those that are not on their way out. */
  fresh: Pod[]
  old: Pod[]
}

/** The nodes that want a daemon, and those that have one. */
function stationsOf(look: Look): { stations: Station[]; desired: number } {
  const nodes = look.context.informers.list('Node')
  const byNode = podsByNode(look)
  const wanted = nodes.filter((node) => belongs(look.daemonSet, node).run)
  for (const { metadata } of wanted) if (!byNode.has(metadata.name)) byNode.set(metadata.name, [])
  const stations = [...byNode].map(([name, pods]) => {
    const staying = pods.filter((pod) => !pod.metadata.deletionTimestamp)
    const fresh = staying.filter((pod) => isNew(pod, look.hash))
    return { node: nodes.find((each) => each.metadata.name === name), fresh, old: staying.filter((pod) => !fresh.includes(pod)) }
  })
  return { stations, desired: wanted.length }
}

/** The old one goes first: of those that are up as many as may be missing. What is down for whatever reason counts. */
async function replace(look: Look): Promise<void> {
  const { context, daemonSet } = look
  const { stations, desired } = stationsOf(look)
  const most = resolveCount(daemonSet.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, desired, 'up') || 1
  const replaceable: Pod[] = []
  const candidates: Pod[] = []
  let down = 0
  for (const { fresh, old } of stations) {
    const [pod, another] = [...fresh, ...old]
    if (!pod || another || !isUp(look, pod)) {
      down++
      if (pod && !another && old.length > 0) replaceable.push(pod)
    } else if (old.length > 0) candidates.push(pod)
  }
  const next = [...replaceable, ...candidates.slice(0, Math.max(0, most - down))]
  await context.expectations.deletes(keyOf(daemonSet), next, (pod) => deletePod(context, daemonSet, pod))
}

interface Surge {
  /** Nodes whose old Pod is down: a new one costs nothing. */
  free: Node[]
  /** Nodes whose old Pod is up. */
  candidates: Node[]
  /** Old Pods whose new one is up, or that are down where no daemon belongs any more. */
  done: Pod[]
  /** Old Pods that are up where no daemon belongs any more: they go as others take their place. */
  misplaced: Pod[]
  /** Nodes where a new Pod is on its way beside an old one. */
  underWay: number
  available: number
}

function surgeOf(look: Look, stations: Station[]): Surge {
  const surge: Surge = { free: [], candidates: [], done: [], misplaced: [], underWay: 0, available: 0 }
  for (const { node, fresh: freshOnes, old: oldOnes } of stations) {
    const [fresh] = freshOnes
    const [old] = oldOnes
    if (freshOnes.length > 1 || oldOnes.length > 1) {
      surge.underWay++
      continue
    }
    const first = old ?? fresh
    if (first && isUp(look, first)) surge.available++
    if (!old) continue
    if (fresh) {
      if (isUp(look, fresh)) surge.done.push(old)
      else surge.underWay++
      continue
    }
    const isWanted = node !== undefined && belongs(look.daemonSet, node).run
    if (isWanted) (isUp(look, old) ? surge.candidates : surge.free).push(node)
    else (isUp(look, old) ? surge.misplaced : surge.done).push(old)
  }
  return surge
}

/** The new one comes first, and the old one goes when it is up. */
async function surge(look: Look): Promise<void> {
  const { context, daemonSet, hash } = look
  const { expectations } = context
  const { stations, desired } = stationsOf(look)
  const { free, candidates, done, misplaced, underWay, available } = surgeOf(look, stations)
  const most = resolveCount(daemonSet.spec.updateStrategy?.rollingUpdate?.maxSurge ?? 0, desired, 'up')
  const next = [...free, ...candidates.slice(0, Math.max(0, most - underWay))]
  const gone = [...done, ...misplaced.slice(0, Math.max(0, available - desired))]
  await expectations.creates(keyOf(daemonSet), next, (node) => createPod(context, daemonSet, podFor(daemonSet, node, hash)))
  await expectations.deletes(keyOf(daemonSet), gone, (pod) => deletePod(context, daemonSet, pod))
}
