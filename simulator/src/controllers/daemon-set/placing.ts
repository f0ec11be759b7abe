/** Which nodes want a daemon now, and which daemons must go. Models podsShouldBeOnNode of pkg/controller/daemon (v1.36). */
import type { DaemonSet, Node, Pod } from '../../schema/kubernetes.generated.js'
import { isOver, isReady } from '../pods.js'
import { isNew, isUp, type Look, mayStandBeside, podsByNode } from './look.js'
import { belongs } from './placement.js'

const FIRST_MS = 1_000
const LONGEST_MS = 900_000

/** Daemons that fail again and again are replaced ever more slowly. One for each cluster: it remembers. */
export class FailedDaemons {
  readonly #seen = new Map<string, { atMs: number; delayMs: number }>()

  /** @returns milliseconds to wait; 0 where the Pod may be replaced now, which is noted */
  wait({ metadata, status }: DaemonSet, node: string, nowMs: number): number {
    const key = `${metadata.uid}/${status?.observedGeneration ?? 0}/${node}`
    for (const [each, { atMs }] of this.#seen) if (nowMs - atMs > 2 * LONGEST_MS) this.#seen.delete(each)
    const before = this.#seen.get(key)
    const left = before ? before.atMs + before.delayMs - nowMs : 0
    if (left > 0) return left
    this.#seen.set(key, { atMs: nowMs, delayMs: before ? Math.min(before.delayMs * 2, LONGEST_MS) : FIRST_MS })
    return 0
  }
}

export interface Placing {
  wanted: Node[]
  surplus: Pod[]
  /** When a failed daemon may be replaced, in milliseconds from now; Infinity where none waits for it. */
  againMs: number
}

export function placingOf(look: Look, failed: FailedDaemons): Placing {
  const { informers } = look.context
  const placing: Placing = { wanted: [], surplus: [], againMs: Number.POSITIVE_INFINITY }
  const byNode = podsByNode(look)
  for (const node of informers.list('Node')) {
    const here = byNode.get(node.metadata.name)
    byNode.delete(node.metadata.name)
    const { run, stay } = belongs(look.daemonSet, node)
    const staying = (here ?? []).filter((pod) => !pod.metadata.deletionTimestamp)
    if (!here) {
      if (run) placing.wanted.push(node)
    } else if (!stay) placing.surplus.push(...staying)
    else {
      for (const pod of staying.filter(isOver)) replaceEnded(look, placing, { pod, node, failed })
      const running = staying.filter((pod) => !isOver(pod))
      if (running.length > 0) placing.surplus.push(...excess(look, running))
      else if (run && mayStandBeside(look)) placing.wanted.push(node)
    }
  }
  // Meant for nodes that are no more: the scheduler never places them, and so nobody else removes them.
  placing.surplus.push(...[...byNode.values()].flat().filter((pod) => !pod.spec.nodeName && !pod.metadata.deletionTimestamp))
  return placing
}

function replaceEnded(
  { context, daemonSet }: Look,
  placing: Placing,
  { pod, node, failed }: { pod: Pod; node: Node; failed: FailedDaemons },
): void {
  const about = `daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${node.metadata.name}, will try to`
  if (pod.status?.phase === 'Succeeded')
    context.events.record(daemonSet, {
      type: 'Normal',
      reason: 'SucceededDaemonPod',
      message: `Found succeeded ${about} delete it`,
    })
  else {
    const waitMs = failed.wait(daemonSet, node.metadata.name, context.clock.now())
    if (waitMs > 0) {
      placing.againMs = Math.min(placing.againMs, waitMs)
      return
    }
    context.events.record(daemonSet, { type: 'Warning', reason: 'FailedDaemonPod', message: `Found failed ${about} kill it` })
  }
  placing.surplus.push(pod)
}

/** Of several Pods on one node the oldest stays; while a new one comes up beside it, so does the oldest of the old template. */
function excess(look: Look, running: Pod[]): Pod[] {
  if (!mayStandBeside(look)) return running.slice(1)
  const fresh = running.find((pod) => isNew(pod, look.hash))
  const old = running.find((pod) => !isNew(pod, look.hash))
  const isReplaced = fresh !== undefined && old !== undefined && (!isReady(old) || isUp(look, fresh))
  return running.filter((pod) => pod !== fresh && (pod !== old || isReplaced))
}
