import { keyOf, sameJson } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import type { Node, Pod } from '../../schema/kubernetes.generated.js'
import { parseTime } from '../../time/clock.js'
import { claimPods, createPod, deletePod } from '../pod-control.js'
import { isOver, isReady, nextAvailable } from '../pods.js'
import { ensureRevision, listRevisions, trimRevisions } from '../revisions.js'
import { defineController, done, requeueAfter } from '../runtime/controller.js'
import { belongs, HASH, nodeOf, podFor } from './placement.js'
import { isNew, isUp, type Look, mayStandBeside, rollPods } from './rolling.js'

/** One Pod on every node that fits. Models pkg/controller/daemon (v1.36). */
export const daemonSetController = defineController({
  name: 'daemon-set-controller',
  eventSource: 'daemonset-controller',
  reconciles: 'DaemonSet',
  owns: ['Pod'],
  reads: ['ControllerRevision'],
  watches: {
    Node: ({ type, object, old }, informers) => {
      const same =
        type === 'MODIFIED' && old && sameJson(object.spec, old.spec) && sameJson(object.metadata.labels, old.metadata.labels)
      return same ? [] : informers.list('DaemonSet').map(keyOf)
    },
  },
  async reconcile(context, key) {
    const { client, clock, informers, expectations } = context
    const daemonSet = informers.get('DaemonSet', key)
    if (!daemonSet || expectations.pending(key)) return done
    const matches = selectorOf(daemonSet.spec.selector)
    const pods = await claimPods(context, { owner: daemonSet, matches })
    const revisions = await listRevisions(context, daemonSet, matches)
    const current = await ensureRevision(client, daemonSet, { revisions, hashLabel: HASH })
    const look: Look = { context, daemonSet, pods, hash: current.metadata.labels?.[HASH] ?? '' }
    if (!daemonSet.metadata.deletionTimestamp) {
      await placePods(look)
      if (!expectations.pending(key)) await rollPods(look)
    }
    const live = new Set(pods.map((pod) => `${daemonSet.metadata.name}-${pod.metadata.labels?.[HASH]}`))
    await trimRevisions(client, daemonSet, { revisions, live: live.add(current.metadata.name) })
    await writeStatus(look)
    const wait = nextAvailable(pods, daemonSet.spec.minReadySeconds ?? 0, clock.now())
    return wait === undefined ? done : requeueAfter(wait)
  },
})

/** Of several Pods on one node the oldest stays; while a new one comes up beside it, so does the oldest of the old template. */
function excess(look: Look, here: Pod[]): Pod[] {
  const byAge = [...here].sort((a, b) => parseTime(a.metadata.creationTimestamp) - parseTime(b.metadata.creationTimestamp))
  if (!mayStandBeside(look)) return byAge.slice(1)
  const fresh = byAge.find((pod) => isNew(pod, look.hash))
  const old = byAge.find((pod) => !isNew(pod, look.hash))
  const isReplaced = fresh !== undefined && isUp(look, fresh)
  return byAge.filter((pod) => pod !== fresh && (pod !== old || isReplaced))
}

async function placePods(look: Look): Promise<void> {
  const { context, daemonSet, pods, hash } = look
  const { informers, expectations } = context
  const key = keyOf(daemonSet)
  const wanted: Node[] = []
  const surplus: Pod[] = pods.filter((pod) => !pod.metadata.deletionTimestamp && isOver(pod))
  for (const node of informers.list('Node')) {
    const here = pods.filter((pod) => nodeOf(pod) === node.metadata.name && !pod.metadata.deletionTimestamp && !isOver(pod))
    const { run, stay } = belongs(daemonSet, node)
    if (run && here.length === 0) wanted.push(node)
    else if (!stay) surplus.push(...here)
    else surplus.push(...excess(look, here))
  }
  await expectations.creates(key, wanted, (node) => createPod(context, daemonSet, podFor(daemonSet, node, hash)))
  await expectations.deletes(key, surplus, (pod) => deletePod(context, daemonSet, pod))
}

async function writeStatus(look: Look): Promise<void> {
  const { context, daemonSet, pods: all, hash } = look
  const { client, informers } = context
  const pods = all.filter((pod) => !pod.metadata.deletionTimestamp)
  const nodes = informers
    .list('Node')
    .map((node) => ({ run: belongs(daemonSet, node).run, pods: pods.filter((pod) => nodeOf(pod) === node.metadata.name) }))
  const wanted = nodes.filter((node) => node.run)
  const count = (test: (pod: Pod) => boolean) => wanted.filter((node) => node.pods.some(test)).length
  const available = count((pod) => isUp(look, pod))
  const updated = count((pod) => isNew(pod, hash))
  const unavailable = wanted.length - available
  const status = {
    currentNumberScheduled: wanted.filter((node) => node.pods.length > 0).length,
    numberMisscheduled: nodes.filter((node) => !node.run && node.pods.length > 0).length,
    desiredNumberScheduled: wanted.length,
    numberReady: count(isReady),
    observedGeneration: daemonSet.metadata.generation,
    ...(updated ? { updatedNumberScheduled: updated } : {}),
    ...(available ? { numberAvailable: available } : {}),
    ...(unavailable ? { numberUnavailable: unavailable } : {}),
  }
  if (!sameJson(daemonSet.status, status)) await client.updateStatus('DaemonSet', { ...daemonSet, status })
}
