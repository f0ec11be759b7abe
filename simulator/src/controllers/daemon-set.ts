import { clone, keyOf, sameJson } from '../objects/object.js'
import { selectorOf } from '../objects/selector.js'
import { nodeAffinityFits, untolerated } from '../scheduler/node-matching.js'
import type { DaemonSet, Node, Pod, Toleration } from '../schema/kubernetes.generated.js'
import { resolveCount } from './deployment/rolling.js'
import { claimPods, createPod, deletePod } from './pod-control.js'
import { isAvailable, isOver, isReady, nextAvailable, podFrom } from './pods.js'
import { ensureRevision, listRevisions, trimRevisions } from './revisions.js'
import { defineController, done, type ReconcileContext, requeueAfter } from './runtime/controller.js'

const HASH = 'controller-revision-hash'
const CONDITIONS = ['not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(
  (name) => `node.kubernetes.io/${name}`,
)

/** Daemons stay where other Pods may not. @see pkg/controller/daemon/util: AddOrUpdateDaemonPodTolerations */
function daemonTolerations(daemonSet: DaemonSet): Toleration[] {
  const own = daemonSet.spec.template.spec?.tolerations ?? []
  const added: Toleration[] = CONDITIONS.map((key) => ({
    key,
    operator: 'Exists',
    effect: key.endsWith('not-ready') || key.endsWith('unreachable') ? 'NoExecute' : 'NoSchedule',
  }))
  if (daemonSet.spec.template.spec?.hostNetwork)
    added.push({ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' })
  return [
    ...own,
    ...added.filter(
      (toleration) =>
        !own.some((each) => each.key === toleration.key && each.effect === toleration.effect && each.operator === 'Exists'),
    ),
  ]
}

function podFor(daemonSet: DaemonSet, node: Node, hash: string) {
  const draft = podFrom(clone(daemonSet.spec.template), daemonSet)
  draft.metadata.labels = {
    ...draft.metadata.labels,
    [HASH]: hash,
    'pod-template-generation': String(daemonSet.metadata.generation ?? 1),
  }
  const { nodeAffinity, ...otherAffinity } = draft.spec.affinity ?? {}
  const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [node.metadata.name] }] }
  draft.spec = {
    ...draft.spec,
    tolerations: daemonTolerations(daemonSet),
    affinity: {
      ...otherAffinity,
      nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } },
    },
  }
  return draft
}

/** Whether a daemon belongs on the node, and whether one that is there may stay. */
function belongs(daemonSet: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const pod = { metadata: {}, spec: { ...daemonSet.spec.template.spec, tolerations: daemonTolerations(daemonSet) } } as Pod
  const isWanted = nodeAffinityFits(pod, node)
  const blocks = untolerated(pod.spec.tolerations, node.spec.taints, ['NoSchedule', 'NoExecute'])
  const expels = untolerated(pod.spec.tolerations, node.spec.taints, ['NoExecute'])
  return { run: isWanted && !blocks, stay: isWanted && !expels }
}

/** The node that a Pod is on, or is meant for. */
const nodeOf = (pod: Pod): string =>
  pod.spec.nodeName ||
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]
    ?.values?.[0] ||
  ''

/** One Pod on every node that fits. Models pkg/controller/daemon (v1.36), without surge. */
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

interface Look {
  context: ReconcileContext
  daemonSet: DaemonSet
  pods: Pod[]
  /** Stands for the present template. */
  hash: string
}

async function placePods({ context, daemonSet, pods, hash }: Look): Promise<void> {
  const { informers, expectations } = context
  const key = keyOf(daemonSet)
  const wanted: Node[] = []
  const surplus: Pod[] = pods.filter((pod) => !pod.metadata.deletionTimestamp && isOver(pod))
  for (const node of informers.list('Node')) {
    const here = pods.filter((pod) => nodeOf(pod) === node.metadata.name && !pod.metadata.deletionTimestamp && !isOver(pod))
    const { run, stay } = belongs(daemonSet, node)
    if (run && here.length === 0) wanted.push(node)
    else if (!stay) surplus.push(...here)
    else surplus.push(...here.slice(1))
  }
  await expectations.creates(key, wanted, (node) => createPod(context, daemonSet, podFor(daemonSet, node, hash)))
  await expectations.deletes(key, surplus, (pod) => deletePod(context, daemonSet, pod))
}

async function rollPods({ context, daemonSet, pods, hash }: Look): Promise<void> {
  const { expectations, clock } = context
  if (daemonSet.spec.updateStrategy?.type !== 'RollingUpdate') return
  const live = pods.filter((pod) => !pod.metadata.deletionTimestamp)
  const most = resolveCount(daemonSet.spec.updateStrategy.rollingUpdate?.maxUnavailable ?? 1, live.length, 'up')
  const isUp = (pod: Pod) => isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, clock.now())
  const down = pods.length - live.filter(isUp).length
  const old = live.filter((pod) => pod.metadata.labels?.[HASH] !== hash)
  const next = [...old.filter((pod) => !isUp(pod)), ...old.filter(isUp).slice(0, Math.max(0, most - down))]
  await expectations.deletes(keyOf(daemonSet), next, (pod) => deletePod(context, daemonSet, pod))
}

async function writeStatus({ context, daemonSet, pods: all, hash }: Look): Promise<void> {
  const { client, informers, clock } = context
  const pods = all.filter((pod) => !pod.metadata.deletionTimestamp)
  const nodes = informers
    .list('Node')
    .map((node) => ({ run: belongs(daemonSet, node).run, pods: pods.filter((pod) => nodeOf(pod) === node.metadata.name) }))
  const wanted = nodes.filter((node) => node.run)
  const count = (test: (pod: Pod) => boolean) => wanted.filter((node) => node.pods.some(test)).length
  const available = count((pod) => isAvailable(pod, daemonSet.spec.minReadySeconds ?? 0, clock.now()))
  const updated = count((pod) => pod.metadata.labels?.[HASH] === hash)
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
