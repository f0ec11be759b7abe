import { keyOf, sameJson } from '../../objects/object.js'
import { selectorOf } from '../../objects/selector.js'
import type { Pod } from '../../schema/kubernetes.generated.js'
import { claimPods } from '../claim.js'
import { createPod, deletePod } from '../pod-control.js'
import { isReady, nextAvailable } from '../pods.js'
import { ensureRevision, listRevisions, trimRevisions } from '../revisions.js'
import {
  type Controller,
  defineController,
  done,
  type Outcome,
  type ReconcileContext,
  requeueAfter,
} from '../runtime/controller.js'
import { isNew, isUp, type Look, podsByNode } from './look.js'
import { belongs, HASH, podFor } from './placement.js'
import { FailedDaemons, placingOf } from './placing.js'
import { rollPods } from './rolling.js'

/** One Pod on every node that fits. Models pkg/controller/daemon (v1.36). One for each cluster: it remembers. */
export function daemonSetController(): Controller {
  const failed = new FailedDaemons()
  return defineController({
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
    reconcile: (context, key) => reconcile(context, key, failed),
  })
}

async function reconcile(context: ReconcileContext, key: string, failed: FailedDaemons): Promise<Outcome> {
  const { client, clock, informers, expectations } = context
  const daemonSet = informers.get('DaemonSet', key)
  if (!daemonSet || expectations.pending(key)) return done
  const matches = selectorOf(daemonSet.spec.selector)
  const pods = await claimPods(context, { owner: daemonSet, matches })
  const revisions = await listRevisions(context, daemonSet, matches)
  const current = await ensureRevision(client, daemonSet, { revisions, hashLabel: HASH })
  const look: Look = { context, daemonSet, pods, hash: current.metadata.labels?.[HASH] ?? '' }
  let againMs = Number.POSITIVE_INFINITY
  if (!daemonSet.metadata.deletionTimestamp) {
    againMs = await placePods(look, failed)
    if (!expectations.pending(key)) await rollPods(look)
  }
  const live = new Set(pods.map((pod) => `${daemonSet.metadata.name}-${pod.metadata.labels?.[HASH]}`))
  await trimRevisions(client, daemonSet, { revisions, live: live.add(current.metadata.name) })
  await writeStatus(look)
  const waitMs = Math.min(againMs, nextAvailable(pods, daemonSet.spec.minReadySeconds ?? 0, clock.now()) ?? againMs)
  return Number.isFinite(waitMs) ? requeueAfter(waitMs) : done
}

/** @returns milliseconds after which a failed daemon may be replaced; Infinity where none waits */
async function placePods(look: Look, failed: FailedDaemons): Promise<number> {
  const { context, daemonSet, hash } = look
  const { expectations } = context
  const key = keyOf(daemonSet)
  const { wanted, surplus, againMs } = placingOf(look, failed)
  await expectations.creates(key, wanted, (node) => createPod(context, daemonSet, podFor(daemonSet, node, hash)))
  await expectations.deletes(key, surplus, (pod) => deletePod(context, daemonSet, pod))
  return againMs
}

/** Of each node its oldest daemon counts, one on its way out too. */
async function writeStatus(look: Look): Promise<void> {
  const { context, daemonSet, hash } = look
  const { client, informers } = context
  const byNode = podsByNode(look)
  const nodes = informers
    .list('Node')
    .map((node) => ({ run: belongs(daemonSet, node).run, daemon: byNode.get(node.metadata.name)?.[0] }))
  const wanted = nodes.filter((node) => node.run)
  const count = (test: (pod: Pod) => boolean) => wanted.filter(({ daemon }) => daemon && test(daemon)).length
  const available = count((pod) => isUp(look, pod))
  const updated = count((pod) => isNew(pod, hash))
  const unavailable = wanted.length - available
  const status = {
    currentNumberScheduled: count(() => true),
    numberMisscheduled: nodes.filter(({ run, daemon }) => !run && daemon).length,
    desiredNumberScheduled: wanted.length,
    numberReady: count(isReady),
    observedGeneration: daemonSet.metadata.generation,
    ...(updated ? { updatedNumberScheduled: updated } : {}),
    ...(available ? { numberAvailable: available } : {}),
    ...(unavailable ? { numberUnavailable: unavailable } : {}),
  }
  if (!sameJson(daemonSet.status, status)) await client.updateStatus('DaemonSet', { ...daemonSet, status })
}
